// Lesson 02: an echo server with n clients, over real sockets. Each client sends ten requests of 64
// bytes and pauses for 5 ms after each answer. Measured is the server; the clients are a process of
// their own.
//
//   sync    one client at a time
//   thread  a thread for each client
//   async   one thread and a Poller

#include <chrono>
#include <functional>
#include <optional>
#include <unordered_map>

#include <sys/socket.h>
#include <aio/poller.hpp>
#include <aio/support/syscall.hpp>

#include "support/blocking_echo.hpp"
#include "support/compare.hpp"
#include "support/echo_load.hpp"
#include "support/loopback_server.hpp"

using namespace std::chrono_literals;

namespace {

using aio::Interest, aio::UniqueFd;

constexpr int requests = 10;
constexpr auto pause_time = 5ms;

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
      } else if (const int fd = static_cast<UniqueFd*>(event.data)->get(); !bench::echo_once(fd)) {
        poller.forget(fd);
        clients.erase(fd);
      }
    }
  }
}
// [/async]

/// Measures `serve` with n clients.
std::function<void(int)> with_load(void (*serve)(int listener)) {
  return [serve](int n) {
    const UniqueFd listener = bench::listen_on_any_port();
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
  echoes.sync = {.work = with_load(bench::serve_one_at_a_time), .seconds = [](int n) {
                   return std::chrono::duration<double>(pause_time * (requests - 1) * n).count();
                 }};
  echoes.thread = {.work = with_load(bench::serve_with_threads)};
  echoes.async = {.work = with_load(serve_all)};
  return bench::run(argc, argv, echoes);
}
