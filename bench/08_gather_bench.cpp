// Lesson 08: N requests at once to a server that answers each after 20 ms, over real sockets. In
// turn, with a thread for each, and with one gather of N tasks.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

#include "support/compare.hpp"
#include "support/loopback_server.hpp"
#include "support/ready.hpp"
#include "support/request.hpp"

using namespace std::chrono_literals;

namespace {

using bench::forget_at_close, bench::readable, bench::receive_answer, bench::send_question;
using bench::start_to_connect, bench::writable;

constexpr auto answer_time = 20ms;

int ask(std::uint16_t port) {
  const aio::UniqueFd fd(bench::connect_to(port));
  forget_at_close(fd.get());
  send_question(fd.get());
  return receive_answer(fd.get());
}

void check(const std::vector<int>& answers) {
  for (const int answer : answers) {
    if (answer != 1) throw std::runtime_error("an answer is missing");
  }
}

void ask_in_turn(std::uint16_t port, int n) {
  std::vector<int> answers;
  for (int i = 0; i < n; ++i) answers.push_back(ask(port));
  check(answers);
}

void ask_with_threads(std::uint16_t port, int n) {
  std::vector<int> answers(static_cast<std::size_t>(n));
  {
    std::vector<std::jthread> threads;
    for (int& answer : answers) {
      threads.emplace_back([port, &answer] {
        try {
          answer = ask(port);
        } catch (const std::exception&) {
          answer = 0;
        }
      });
    }
  }
  check(answers);
}

// [gather]
aio::Coro<int> ask_async(std::uint16_t port) {
  const aio::UniqueFd fd = start_to_connect(port);
  co_await writable(fd.get());
  send_question(fd.get());  // throws if there is no connection
  co_await readable(fd.get());
  co_return receive_answer(fd.get());
}

aio::Coro<> ask_together(std::uint16_t port, int n) {
  std::vector<aio::Coro<int>> requests;
  for (int i = 0; i < n; ++i) requests.push_back(ask_async(port));
  const std::vector<int> answers = co_await aio::gather(std::move(requests));
  check(answers);
}
// [/gather]

}  // namespace

int main(int argc, char** argv) {
  const bench::LoopbackServer server({.delay = answer_time});
  const std::uint16_t port = server.port();
  bench::Comparison fan_out{.sizes = {1, 10, 100, 1'000}};
  fan_out.descriptors_each = 1;
  fan_out.patience = 10;
  fan_out.sync = {
      .work = [port](int n) { ask_in_turn(port, n); },
      .seconds = [](int n) { return std::chrono::duration<double>(answer_time * n).count(); }};
  fan_out.thread = {.work = [port](int n) { ask_with_threads(port, n); }};
  fan_out.async = {.work = [port](int n) { aio::run(ask_together(port, n)); }};
  return bench::run(argc, argv, fan_out);
}
