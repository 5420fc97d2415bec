// Lesson 11: n items on their way from a producer to a consumer. Through an array, one after the
// other; through a queue with a mutex and condition variables, between two threads; through an
// aio::Queue, between two tasks. Both queues have room for a hundred.

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <queue>
#include <stdexcept>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>

#include "support/compare.hpp"

namespace {

constexpr std::size_t room = 100;

void check(long sum, int n) {
  if (sum != static_cast<long>(n) * (n - 1) / 2) throw std::runtime_error("an item was lost");
}

void through_an_array(int n) {
  std::vector<int> items;
  for (int i = 0; i < n; ++i) {
    benchmark::DoNotOptimize(i);
    items.push_back(i);
  }
  long sum = 0;
  for (const int item : items) sum += item;
  check(sum, n);
}

/// What a queue between threads needs.
class SharedQueue {
 public:
  void put(int item) {
    std::unique_lock lock(mutex_);
    not_full_.wait(lock, [this] { return items_.size() < room; });
    items_.push(item);
    not_empty_.notify_one();
  }
  int get() {
    std::unique_lock lock(mutex_);
    not_empty_.wait(lock, [this] { return !items_.empty(); });
    const int item = items_.front();
    items_.pop();
    not_full_.notify_one();
    return item;
  }

 private:
  std::mutex mutex_;
  std::condition_variable not_full_, not_empty_;
  std::queue<int> items_;
};

void between_threads(int n) {
  SharedQueue queue;
  const std::jthread producer([&queue, n] {
    for (int i = 0; i < n; ++i) queue.put(i);
  });
  long sum = 0;
  for (int i = 0; i < n; ++i) sum += queue.get();
  check(sum, n);
}

// [queue]
aio::Coro<> produce(aio::Queue<int>& queue, int n) {
  for (int i = 0; i < n; ++i) co_await queue.put(i);
}

aio::Coro<> consume(aio::Queue<int>& queue, int n, long& sum) {
  for (int i = 0; i < n; ++i) sum += co_await queue.get();
}

aio::Coro<> between_tasks(int n) {
  aio::Queue<int> queue(room);
  long sum = 0;
  co_await aio::gather(produce(queue, n), consume(queue, n, sum));
  check(sum, n);
}
// [/queue]

}  // namespace

int main(int argc, char** argv) {
  const bench::Comparison ways{
      .sizes = {1, 100, 10'000, 1'000'000},
      .sync = {.work = through_an_array},
      .thread = {.work = between_threads},
      .async = {.work = [](int n) { aio::run(between_tasks(n)); }},
  };
  return bench::run(argc, argv, ways);
}
