// Lesson 12: the echo server of lesson 02 once more, now with a Stream and a task for each client.
// n clients send ten requests of 64 bytes each and pause for 5 ms after each answer. Measured is
// the server; the clients are a process of their own.
//
//   sync    one client at a time
//   thread  a thread for each client
//   async   one thread for all
//
// In idle-thread and idle-async all clients stay, and say nothing after the first answer: the
// memory, divided by n, is what a connection costs that does nothing.

#include <chrono>
#include <functional>
#include <string>
#include <utility>

#include <sys/socket.h>
#include <aio/server.hpp>
#include <aio/stream.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

#include "support/blocking_echo.hpp"
#include "support/compare.hpp"
#include "support/echo_load.hpp"
#include "support/loopback_server.hpp"

using namespace std::chrono_literals;

namespace {

using aio::Coro, aio::Stream, aio::UniqueFd;
using Load = bench::EchoLoad::Options;

constexpr auto pause_time = 5ms;
constexpr Load busy{.requests = 10, .pause = pause_time};
constexpr Load idle{.requests = 1, .stay = true};

// [async]
Coro<> echo(Stream stream) {
  for (;;) {
    const std::string bytes = co_await stream.read();
    if (bytes.empty()) co_return;
    co_await stream.write_all(bytes);
  }
}
// [/async]

/// Serves until the clients' process shuts `over` down.
Coro<> serve_streams(Load load) {
  // At the end the clients reset their connections: an error for who reads, but nobody's fault.
  aio::running_loop().set_exception_handler([](const aio::ExceptionContext&) {});
  int ends[2];
  aio::check_syscall("socketpair", socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends));
  const UniqueFd theirs(ends[0]);
  Stream over = Stream::adopt(UniqueFd(ends[1]));
  aio::ServerOptions options;
  options.backlog = 4096;
  aio::Server server = co_await aio::start_server(echo, "127.0.0.1", 0, options);
  load.port = server.port();
  bench::EchoLoad clients(theirs.get(), load);
  co_await over.read();
  clients.finish();
}

/// What `serve` does with a load for n clients.
std::function<void(int)> blocking(void (*serve)(int listener), Load load) {
  return [serve, load](int n) mutable {
    const UniqueFd listener = bench::listen_on_any_port();
    load.connections = n;
    bench::EchoLoad clients(listener.get(), load);
    serve(listener.get());
    clients.finish();
  };
}

std::function<void(int)> async(Load load) {
  return [load](int n) mutable {
    load.connections = n;
    aio::run(serve_streams(load));
  };
}

}  // namespace

int main(int argc, char** argv) {
  bench::Comparison echoes{.sizes = {1, 10, 100, 1'000, 10'000}};
  echoes.descriptors_each = 1;
  echoes.sync = {.work = blocking(bench::serve_one_at_a_time, busy), .seconds = [](int n) {
                   return std::chrono::duration<double>(pause_time * 9 * n).count();
                 }};
  echoes.thread = {.work = blocking(bench::serve_with_threads, busy)};
  echoes.async = {.work = async(busy)};
  echoes.more = {{"idle-thread", {.work = blocking(bench::serve_with_threads, idle)}},
                 {"idle-async", {.work = async(idle)}}};
  return bench::run(argc, argv, echoes);
}
