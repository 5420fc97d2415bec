// Lesson 10: n workers add a thousand each to one counter. One after the other, where no lock is
// needed; in a thread each, with a std::mutex; in a task each, with an aio::Lock that changes hands
// at every step. Beside it: what one lock costs when nobody else wants it.

#include <chrono>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <aio/coro.hpp>
#include <aio/lock.hpp>
#include <aio/semaphore.hpp>
#include <aio/task.hpp>

#include "support/compare.hpp"

using namespace std::chrono_literals;

namespace {

constexpr int each = 1'000;

void check(long counted, int n) {
  if (counted != static_cast<long>(n) * each) throw std::runtime_error("an addition was lost");
}

void count_without_a_lock(int n) {
  long counter = 0;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < each; ++j) benchmark::DoNotOptimize(++counter);
  }
  check(counter, n);
}

void count_in_threads(int n) {
  long counter = 0;
  std::mutex mutex;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < n; ++i) {
      threads.emplace_back([&counter, &mutex] {
        for (int j = 0; j < each; ++j) {
          const std::lock_guard guard(mutex);
          ++counter;
        }
      });
    }
  }
  check(counter, n);
}

// [lock]
aio::Coro<> count(aio::Lock& lock, long& counter) {
  for (int i = 0; i < each; ++i) {
    const auto guard = co_await lock.scoped();
    ++counter;
  }
}

aio::Coro<> count_in_tasks(int n) {
  aio::Lock lock;
  long counter = 0;
  std::vector<aio::Task<>> tasks;
  for (int i = 0; i < n; ++i) tasks.push_back(aio::create_task(count(lock, counter)));
  co_await lock.acquire();
  co_await aio::sleep(0s);  // now all of them wait, and each has its turn behind the others
  lock.release();
  for (const auto& task : tasks) co_await task;
  check(counter, n);
}
// [/lock]

// ── a lock that nobody else wants ──

template <class Subject>
aio::Coro<> take_alone(benchmark::State& state) {
  Subject subject;
  for (auto _ : state) {
    co_await subject.acquire();
    benchmark::ClobberMemory();
    subject.release();
  }
}

template <class Subject>
void alone(benchmark::State& state) {
  aio::run(take_alone<Subject>(state));
}

void mutex_alone(benchmark::State& state) {
  std::mutex mutex;
  for (auto _ : state) {
    mutex.lock();
    benchmark::ClobberMemory();
    mutex.unlock();
  }
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Comparison counters{
      .sizes = {1, 10, 100, 1'000},
      .sync = {.work = count_without_a_lock},
      .thread = {.work = count_in_threads},
      .async = {.work = [](int n) { aio::run(count_in_tasks(n)); }},
  };
  benchmark::RegisterBenchmark("BM_lock/1", alone<aio::Lock>);
  benchmark::RegisterBenchmark("BM_semaphore/1", alone<aio::Semaphore>);
  benchmark::RegisterBenchmark("BM_mutex/1", mutex_alone);
  return bench::run(argc, argv, counters);
}
