#include "support/names.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string_view>

#include <dlfcn.h>
#include <netdb.h>

namespace tests {
namespace {

using GetAddrInfo = int (*)(const char*, const char*, const addrinfo*, addrinfo**);

/// Never destroyed: look-ups run on threads of their own.
struct Book {
  std::mutex mutex;
  std::condition_variable changed;
  std::map<std::string, std::vector<std::string>> names;
  bool open = false, held = false;
  int under_way = 0, most = 0, begun = 0;
};

Book& book() {
  static auto& book = *new Book;
  return book;
}

int of_the_library(const char* host, const char* port, const addrinfo* hints, addrinfo** found) {
  static const auto function = reinterpret_cast<GetAddrInfo>(dlsym(RTLD_NEXT, "getaddrinfo"));
  return function(host, port, hints, found);
}

/// A chain of the addresses, in order.
int chain(const std::vector<std::string>& numbers, const char* port, const addrinfo* hints,
          addrinfo** found) {
  for (addrinfo** end = found; const std::string& number : numbers) {
    if (const int error = of_the_library(number.c_str(), port, hints, end); error != 0)
      return error;
    while (*end != nullptr) end = &(*end)->ai_next;
  }
  return numbers.empty() ? EAI_NONAME : 0;
}

int look_up(const char* host, const char* port, const addrinfo* hints, addrinfo** found) {
  std::unique_lock lock(book().mutex);
  Book& all = book();
  ++all.begun;
  all.most = std::max(all.most, ++all.under_way);
  all.changed.wait(lock, [&all] { return !all.held; });
  const int error = chain(all.names[host], port, hints, found);
  --all.under_way;
  all.changed.notify_all();
  return error;
}

bool is_ours(const char* host) {
  const std::lock_guard lock(book().mutex);
  return book().open && host != nullptr && std::string_view(host).ends_with(".test");
}

}  // namespace

Names::Names() {
  const std::lock_guard lock(book().mutex);
  book().open = true;
  book().most = book().begun = 0;
}

Names::~Names() {
  let_go();
  std::unique_lock lock(book().mutex);
  book().changed.wait(lock, [] { return book().under_way == 0; });
  book().names.clear();
  book().open = false;
}

void Names::add(const std::string& name, std::vector<std::string> numbers) {
  const std::lock_guard lock(book().mutex);
  book().names[name] = std::move(numbers);
}

void Names::hold() {
  const std::lock_guard lock(book().mutex);
  book().held = true;
}

void Names::let_go() {
  const std::lock_guard lock(book().mutex);
  book().held = false;
  book().changed.notify_all();
}

int Names::under_way() const {
  const std::lock_guard lock(book().mutex);
  return book().under_way;
}

int Names::most_at_once() const {
  const std::lock_guard lock(book().mutex);
  return book().most;
}

int Names::begun() const {
  const std::lock_guard lock(book().mutex);
  return book().begun;
}

}  // namespace tests

// Stands before the C library's function of the same name.
extern "C" int getaddrinfo(const char* host, const char* port, const addrinfo* hints,
                           addrinfo** found) {
  if (!tests::is_ours(host)) return tests::of_the_library(host, port, hints, found);
  *found = nullptr;
  return tests::look_up(host, port, hints, found);
}
