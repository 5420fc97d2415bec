// Lesson 07: start n pieces of work and wait for all of them. A loop that calls a function, a
// thread for each, a task for each.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "support/compare.hpp"

namespace {

/// A small piece of work: a hundred steps of a random number generator.
[[gnu::noinline]] std::uint32_t piece(std::uint32_t seed) {
  std::uint32_t x = seed | 1;
  for (int i = 0; i < 100; ++i) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
  }
  return x;
}

volatile std::uint32_t sink;  // so that no compiler leaves the work out

void in_a_loop(int n) {
  std::uint32_t sum = 0;
  for (int i = 0; i < n; ++i) sum += piece(static_cast<std::uint32_t>(i));
  sink = sum;
}

void in_threads(int n) {
  std::vector<std::uint32_t> results(static_cast<std::size_t>(n));
  std::vector<std::thread> threads;
  threads.reserve(results.size());
  for (std::size_t i = 0; i < results.size(); ++i) {
    threads.emplace_back([&, i] { results[i] = piece(static_cast<std::uint32_t>(i)); });
  }
  for (std::thread& thread : threads) thread.join();
  std::uint32_t sum = 0;
  for (const std::uint32_t result : results) sum += result;
  sink = sum;
}

// [tasks]
aio::Coro<std::uint32_t> work(int i) { co_return piece(static_cast<std::uint32_t>(i)); }

aio::Coro<> spawn_and_join(int n) {
  std::vector<aio::Task<std::uint32_t>> tasks;
  tasks.reserve(static_cast<std::size_t>(n));
  for (int i = 0; i < n; ++i) tasks.push_back(aio::create_task(work(i)));
  std::uint32_t sum = 0;
  for (const auto& task : tasks) {
    const std::uint32_t result = co_await task;
    sum += result;
  }
  sink = sum;
}
// [/tasks]

void in_tasks(int n) { aio::run(spawn_and_join(n)); }

}  // namespace

int main(int argc, char** argv) {
  const bench::Comparison spawning{
      .sizes = {1, 10, 100, 1'000, 10'000, 100'000},
      .sync = {.work = in_a_loop},
      .thread = {.work = in_threads, .most = 10'000},
      .async = {.work = in_tasks},
  };
  return bench::run(argc, argv, spawning);
}
