// Lesson 16: n requests of ten short steps each. One after the other; with a thread for each; with
// a task for each, which lets the others have their turn after each step. And the same tasks while
// somebody looks on: LoopStatistics counts, a Trace records, or the loop is in debug mode.

#include <cstdint>
#include <functional>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/debug.hpp>
#include <aio/gather.hpp>
#include <aio/task.hpp>

#include "support/compare.hpp"

using namespace std::chrono_literals;

namespace {

constexpr int steps = 10;

/// A fraction of a microsecond of work.
std::uint64_t step(std::uint64_t value) {
  for (int i = 0; i < 100; ++i) value = value * 6'364'136'223'846'793'005U + 1;
  return value;
}

std::uint64_t request(int number) {
  auto value = static_cast<std::uint64_t>(number);
  for (int i = 0; i < steps; ++i) value = step(value);
  return value;
}

std::uint64_t one_after_the_other(int n) {
  std::uint64_t sum = 0;
  for (int i = 0; i < n; ++i) sum += request(i);
  return sum;
}

void in_the_function(int n) {
  const volatile std::uint64_t sum = one_after_the_other(n);
  static_cast<void>(sum);
}

void check(std::uint64_t sum, int n) {
  if (sum != one_after_the_other(n)) throw std::runtime_error("a request was lost");
}

void in_threads(int n) {
  std::vector<std::uint64_t> values(static_cast<std::size_t>(n));
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < n; ++i) {
      threads.emplace_back(
          [&value = values[static_cast<std::size_t>(i)], i] { value = request(i); });
    }
  }
  check(std::accumulate(values.begin(), values.end(), std::uint64_t(0)), n);
}

// [request]
aio::Coro<> request_in_turns(int number, std::uint64_t& sum) {
  auto value = static_cast<std::uint64_t>(number);
  for (int i = 0; i < steps; ++i) {
    value = step(value);
    co_await aio::sleep(0s);
  }
  sum += value;
}
// [/request]

aio::Coro<> all_requests(int n) {
  std::uint64_t sum = 0;
  std::vector<aio::Coro<>> all;
  for (int i = 0; i < n; ++i) all.push_back(request_in_turns(i, sum));
  co_await aio::gather(std::move(all));
  check(sum, n);
}

void in_tasks(int n) { aio::run(all_requests(n)); }

/// While an observer of this type looks on.
template <class Observer>
aio::Coro<> observed(int n) {
  const Observer looks_on;
  co_await all_requests(n);
}

template <class Observer>
void in_observed_tasks(int n) {
  aio::run(observed<Observer>(n));
}

void in_debug_mode(int n) { aio::run(all_requests(n), {.debug = true}); }

}  // namespace

int main(int argc, char** argv) {
  bench::Comparison turns{.sizes = {1, 100, 10'000}, .repeats = 5};
  turns.sync = {.work = in_the_function};
  turns.thread = {.work = in_threads, .most = 4'000};
  turns.async = {.work = in_tasks};
  turns.more = {{"counted", {.work = in_observed_tasks<aio::LoopStatistics>}},
                {"traced", {.work = in_observed_tasks<aio::Trace>}},
                {"debug", {.work = in_debug_mode}}};
  return bench::run(argc, argv, turns);
}
