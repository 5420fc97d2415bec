// Lesson 01: N requests to a server that answers each after 50 ms, over real sockets.
//
//   sync    one thread asks, waits for the answer, then asks the next
//   thread  a thread for each request
//   async   one thread, and one task for each request

#include <chrono>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <sys/socket.h>
#include <aio/aio.hpp>
#include <aio/support/syscall.hpp>

#include "support/compare.hpp"
#include "support/loopback_server.hpp"
#include "support/ready.hpp"
#include "support/request.hpp"

using namespace std::chrono_literals;

namespace {

using bench::forget_at_close, bench::readable, bench::receive_answer, bench::send_question;
using bench::start_to_connect, bench::writable;

constexpr auto answer_time = 50ms;

// [sync]
void ask(std::uint16_t port) {
  const aio::UniqueFd fd(bench::connect_to(port));
  forget_at_close(fd.get());
  send_question(fd.get());
  receive_answer(fd.get());  // the thread sleeps in here
}

void ask_in_turn(std::uint16_t port, int requests) {
  for (int i = 0; i < requests; ++i) ask(port);
}
// [/sync]

/// Starts `requests` threads; each puts what went wrong into its own slot.
void start_threads(std::vector<std::jthread>& threads, std::vector<std::exception_ptr>& failures,
                   std::uint16_t port) {
  for (std::exception_ptr& failure : failures) {
    threads.emplace_back([port, &failure] {
      try {
        ask(port);
      } catch (...) {
        failure = std::current_exception();
      }
    });
  }
}

// [threads]
void ask_with_threads(std::uint16_t port, int requests) {
  std::vector<std::exception_ptr> failures(static_cast<std::size_t>(requests));
  std::vector<std::jthread> threads;
  try {
    start_threads(threads, failures, port);
  } catch (const std::system_error&) {
    throw std::runtime_error("no more than " + std::to_string(threads.size()) + " threads");
  }
  threads.clear();  // waits for them all
  for (const std::exception_ptr& failure : failures) {
    if (failure) std::rethrow_exception(failure);
  }
}
// [/threads]

/// Throws if the connection could not be made.
void check_connected(int fd) {
  int error = 0;
  socklen_t size = sizeof error;
  aio::check_syscall("getsockopt", getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size));
  if (error != 0) throw std::system_error(error, std::system_category(), "connect");
}

// [async]
aio::Coro<> ask_async(std::uint16_t port) {
  const aio::UniqueFd fd = start_to_connect(port);
  co_await writable(fd.get());
  check_connected(fd.get());
  send_question(fd.get());
  co_await readable(fd.get());  // the task waits here; the thread goes on with another one
  receive_answer(fd.get());
}

aio::Coro<> ask_all_at_once(std::uint16_t port, int requests) {
  std::vector<aio::Coro<>> all;
  for (int i = 0; i < requests; ++i) all.push_back(ask_async(port));
  co_await aio::gather(std::move(all));
}
// [/async]

}  // namespace

int main(int argc, char** argv) {
  const bench::LoopbackServer server({.delay = answer_time});
  const std::uint16_t port = server.port();
  bench::Comparison waits{.sizes = {1, 10, 100, 1'000, 10'000}};
  waits.descriptors_each = 1;
  waits.sync = {
      .work = [port](int n) { ask_in_turn(port, n); },
      .seconds = [](int n) { return std::chrono::duration<double>(answer_time * n).count(); }};
  waits.thread = {.work = [port](int n) { ask_with_threads(port, n); }};
  waits.async = {.work = [port](int n) { aio::run(ask_all_at_once(port, n)); }};
  return bench::run(argc, argv, waits);
}
