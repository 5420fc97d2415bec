// Exercise test-11e. Check it with: ./learn check test-11e
// test-11e: what a queue promises to those who wait for an item, and for its end.

#include <chrono>
#include <utility>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

using namespace std::chrono_literals;

namespace {

/// Runs `body` on virtual time: tasks that wait for ever end in a DeadlockError, at once.
void run(aio::Coro<> body) {
  aio::VirtualClock clock;
  aio::run(std::move(body), {.clock = &clock});
}

aio::Coro<int> get(aio::Queue<int>& queue) { co_return co_await queue.get(); }
aio::Coro<> join(aio::Queue<int>& queue) { co_await queue.join(); }
aio::Coro<> put_later(aio::Queue<int>& queue, int item) {
  co_await aio::sleep(1s);
  co_await queue.put(item);
}

//: test-11e an item for which a task was woken is not for a newcomer
TEST(Queue, ANewcomerDoesNotTakeThePromisedItem) {
  AIO_TODO("test-11e", "an item for which a task was woken is not for a newcomer");
}

//: test-11e the item of a task that is woken and cancelled goes to the next
TEST(Queue, ACancelledGetterPassesItsItemOn) {
  AIO_TODO("test-11e", "the item of a task that is woken and cancelled goes to the next");
}

//: test-11e when the last item is done, everybody goes on who waited for that
TEST(Queue, JoinReleasesAll) {
  AIO_TODO("test-11e", "when the last item is done, everybody goes on who waited for that");
}

}  // namespace
