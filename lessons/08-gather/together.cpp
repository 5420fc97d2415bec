// Three ways to wait for many: gather, wait, as_completed.

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <aio/as_completed.hpp>
#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/task.hpp>
#include <aio/wait.hpp>

#include "pages.hpp"

using namespace std::chrono_literals;
using pages::download, pages::say;

namespace {

// [gather]
aio::Coro<> with_gather() {
  const auto [news, sport, weather] =
      co_await aio::gather(download("news", 3s), download("sport", 1s), download("weather", 2s));
  say(news + ", " + sport + ", " + weather);
}
// [/gather]

std::vector<aio::Task<std::string>> start_all() {
  return {aio::create_task(download("news", 3s)), aio::create_task(download("sport", 1s)),
          aio::create_task(download("weather", 2s))};
}

// [wait]
aio::Coro<> with_wait() {
  auto [done, pending] = co_await aio::wait(start_all(), aio::ReturnWhen::all_completed, 2500ms);
  say(std::to_string(done.size()) + " in time, " + std::to_string(pending.size()) + " not");
  for (const auto& task : pending) task.cancel();
}
// [/wait]

// [as_completed]
aio::Coro<> with_as_completed() {
  auto all = aio::as_completed(start_all());
  while (all) {
    const std::string page = co_await all.next();
    say("read " + page);
  }
}
// [/as_completed]

void show(const char* title, aio::Coro<> main) {
  std::puts(title);
  pages::virtual_clock = aio::VirtualClock();
  aio::run(std::move(main), {.clock = &pages::virtual_clock});
}

}  // namespace

int main() {
  show("gather", with_gather());
  show("wait, for 2.5 s", with_wait());
  show("as_completed", with_as_completed());
}
