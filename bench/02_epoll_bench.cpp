// Lesson 02: an echo server with n clients, over real sockets. Each client sends ten requests of 64
// bytes and pauses for 5 ms after each answer. Measured is the server; the clients are a process of
// their own.
//
//   sync    one client at a time
//   thread  a thread for each client
//   async   one thread and a Poller

#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <aio/poller.hpp>
#include <aio/support/syscall.hpp>

#include "support/compare.hpp"
#include "support/echo_load.hpp"
#include "support/loopback_server.hpp"

using namespace std::chrono_literals;

namespace {

using aio::Interest, aio::UniqueFd;

constexpr int requests = 10;
constexpr auto pause_time = 5ms;

/// Sends back what can be read now. False: the client has gone. (Its requests are small and it
/// waits for the answers, so they always fit.)
bool echo(int client) {
  std::array<char, 4096> buffer;
  const ssize_t count = read(client, buffer.data(), buffer.size());
  if (count == -1 && errno == EAGAIN) return true;
  return count > 0 &&
         send(client, buffer.data(), static_cast<std::size_t>(count), MSG_NOSIGNAL) == count;
}

// [sync]
void serve_one_at_a_time(int listener) {
  for (;;) {
    const UniqueFd client(accept(listener, nullptr, nullptr));
    if (!client) return;  // the listener has been shut down
    while (echo(client.get())) continue;
  }
}
// [/sync]

// [threads]
void serve_with_threads(int listener) {
  std::vector<std::jthread> threads;
  for (;;) {
    UniqueFd client(accept(listener, nullptr, nullptr));
    if (!client) return;
    threads.emplace_back([fd = std::move(client)] {
      while (echo(fd.get())) continue;
    });
  }
}
// [/threads]

// [async]
void serve_all(int listener) {
  aio::Poller poller;
  std::unordered_map<int, UniqueFd> clients;
  poller.watch(listener, Interest::read, nullptr);
  for (;;) {
    for (const aio::PollEvent& event : poller.wait(std::nullopt)) {
      if (event.hangup && event.data == nullptr) return;  // the listener has been shut down
      if (event.data == nullptr) {
        const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd != -1) poller.watch(fd, Interest::read, &(clients[fd] = UniqueFd(fd)));
      } else if (const int fd = static_cast<UniqueFd*>(event.data)->get(); !echo(fd)) {
        poller.forget(fd);
        clients.erase(fd);
      }
    }
  }
}
// [/async]

void set_blocking(int fd) {
  const int flags = aio::check_syscall("fcntl", fcntl(fd, F_GETFL));
  aio::check_syscall("fcntl", fcntl(fd, F_SETFL, flags & ~O_NONBLOCK));
}

/// Measures `serve` with n clients.
std::function<void(int)> with_load(void (*serve)(int listener), bool blocking) {
  return [serve, blocking](int n) {
    const UniqueFd listener = bench::listen_on_any_port();
    if (blocking) set_blocking(listener.get());
    bench::EchoLoad load(listener.get(),
                         {.connections = n, .requests = requests, .pause = pause_time});
    serve(listener.get());
    load.finish();
  };
}

}  // namespace

int main(int argc, char** argv) {
  bench::Comparison echoes{.sizes = {1, 10, 100, 1'000, 10'000}};
  echoes.descriptors_each = 1;
  echoes.sync = {.work = with_load(serve_one_at_a_time, true), .seconds = [](int n) {
                   return std::chrono::duration<double>(pause_time * (requests - 1) * n).count();
                 }};
  echoes.thread = {.work = with_load(serve_with_threads, true)};
  echoes.async = {.work = with_load(serve_all, false)};
  return bench::run(argc, argv, echoes);
}
