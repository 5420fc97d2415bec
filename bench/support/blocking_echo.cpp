#include "support/blocking_echo.hpp"

#include <array>
#include <cerrno>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <aio/support/syscall.hpp>

namespace bench {
namespace {

using aio::UniqueFd;

/// The next client; none when the listener has been shut down.
UniqueFd next_client(int listener) { return UniqueFd(accept(listener, nullptr, nullptr)); }

void set_blocking(int fd) {
  const int flags = aio::check_syscall("fcntl", fcntl(fd, F_GETFL));
  aio::check_syscall("fcntl", fcntl(fd, F_SETFL, flags & ~O_NONBLOCK));
}

}  // namespace

bool echo_once(int client) {
  std::array<char, 4096> buffer;
  const ssize_t count = read(client, buffer.data(), buffer.size());
  if (count == -1 && errno == EAGAIN) return true;
  return count > 0 &&
         send(client, buffer.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) == count;
}

void serve_one_at_a_time(int listener) {
  set_blocking(listener);
  while (const UniqueFd client = next_client(listener)) {
    while (echo_once(client.get())) continue;
  }
}

void serve_with_threads(int listener) {
  set_blocking(listener);
  std::vector<std::jthread> threads;
  while (UniqueFd client = next_client(listener)) {
    threads.emplace_back([fd = std::move(client)] {
      while (echo_once(fd.get())) continue;
    });
  }
}

}  // namespace bench
