// W7: tasks that wait for each other.

#include <chrono>
#include <utility>
#include <vector>

#include <aio/gather.hpp>
#include <aio/queue.hpp>
#include <aio/sync.hpp>
#include <aio/task.hpp>

#include "harness/sizes.hpp"

#include "aio_works/works.hpp"

using namespace std::chrono_literals;
using peers::Done;

namespace {

aio::Coro<> produce(aio::Queue<long>& queue, long items) {
  for (long i = 0; i < items; ++i) co_await queue.put(i);
}

aio::Coro<> consume(aio::Queue<long>& queue, long items) {
  for (long i = 0; i < items; ++i) co_await queue.get();
}

aio::Coro<> produce_and_consume(long capacity, long items) {
  aio::Queue<long> queue(capacity);
  co_await aio::gather(produce(queue, items), consume(queue, items));
}

Done queue_items(long size, long rounds) {
  const long items = rounds * peers::items_each_round;
  aio::run(produce_and_consume(size, items));
  return {items};
}

aio::Coro<> acquire_free(long count) {
  aio::Semaphore semaphore(1);
  for (long i = 0; i < count; ++i) {
    co_await semaphore.acquire();
    semaphore.release();
  }
}

Done semaphore_free(long size, long rounds) {
  aio::run(acquire_free(size * rounds));
  return {size * rounds};
}

aio::Coro<> hold_in_turn(aio::Semaphore& semaphore, long count) {
  for (long i = 0; i < count; ++i) {
    co_await semaphore.acquire();
    co_await aio::sleep(0s);
    semaphore.release();
  }
}

aio::Coro<> contend(long tasks, long turns) {
  aio::Semaphore semaphore(1);
  std::vector<aio::Coro<>> all;
  for (long i = 0; i < tasks; ++i) all.push_back(hold_in_turn(semaphore, turns));
  co_await aio::gather(std::move(all));
}

Done semaphore_contended(long size, long rounds) {
  aio::run(contend(size, rounds));
  return {size * rounds};
}

}  // namespace

namespace peers::works {

std::vector<Work> sync() {
  return {{"W7.queue", queue_items},
          {"W7.free", semaphore_free},
          {"W7.contended", semaphore_contended}};
}

}  // namespace peers::works
