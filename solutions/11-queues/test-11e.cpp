// test-11e: what a queue promises to those who wait for an item, and for its end.

#include <chrono>
#include <utility>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>

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
  struct Body {
    static aio::Coro<> main() {
      aio::Queue<int> queue;
      auto first = aio::create_task(get(queue));
      const auto later = aio::create_task(put_later(queue, 2));
      co_await aio::sleep(0s);  // the first one waits
      queue.put_nowait(1);      // it is woken, and has not gone on yet
      const int mine = co_await queue.get();
      EXPECT_EQ(mine, 2);
      EXPECT_EQ(co_await first, 1);
      co_await later;
    }
  };
  run(Body::main());
}

//: test-11e the item of a task that is woken and cancelled goes to the next
TEST(Queue, ACancelledGetterPassesItsItemOn) {
  struct Body {
    static aio::Coro<> main() {
      aio::Queue<int> queue;
      const auto first = aio::create_task(get(queue));
      auto second = aio::create_task(get(queue));
      co_await aio::sleep(0s);  // both wait
      queue.put_nowait(1);      // the first is woken
      first.cancel();
      EXPECT_EQ(co_await second, 1);
    }
  };
  run(Body::main());
}

//: test-11e when the last item is done, everybody goes on who waited for that
TEST(Queue, JoinReleasesAll) {
  struct Body {
    static aio::Coro<> main() {
      aio::Queue<int> queue;
      queue.put_nowait(1);
      const auto one = aio::create_task(join(queue));
      const auto two = aio::create_task(join(queue));
      co_await aio::sleep(0s);  // both wait
      queue.get_nowait();
      queue.task_done();
      co_await one;
      co_await two;
    }
  };
  run(Body::main());
}

}  // namespace
