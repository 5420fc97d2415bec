// test-10d: what a lock promises to those who wait for it.

#include <chrono>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/lock.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

using namespace std::chrono_literals;

namespace {

/// Runs `body` on virtual time: tasks that wait for ever end in a DeadlockError, at once.
void run(aio::Coro<> body) {
  aio::VirtualClock clock;
  aio::run(std::move(body), {.clock = &clock});
}

/// Takes the lock for a second, and notes who it was.
aio::Coro<> use(aio::Lock& lock, std::string& order, char name) {
  const auto guard = co_await lock.scoped();
  order += name;
  co_await aio::sleep(1s);
}

//: test-10d whoever releases it and comes again stands behind those who wait
TEST(Lock, NobodyOvertakesOneWhoWaits) {
  struct Body {
    static aio::Coro<> main(std::string& order) {
      aio::Lock lock;
      co_await lock.acquire();
      const auto bob = aio::create_task(use(lock, order, 'b'));
      co_await aio::sleep(0s);  // bob waits
      lock.release();
      co_await use(lock, order, 'a');
      co_await bob;
    }
  };
  std::string order;
  run(Body::main(order));
  EXPECT_EQ(order, "ba");
}

//: test-10d one who is woken and cancelled passes the lock on
TEST(Lock, AWokenTaskThatIsCancelledPassesItOn) {
  struct Body {
    static aio::Coro<> main(std::string& order) {
      aio::Lock lock;
      co_await lock.acquire();
      const auto bob = aio::create_task(use(lock, order, 'b'));
      const auto cid = aio::create_task(use(lock, order, 'c'));
      co_await aio::sleep(0s);  // both wait
      lock.release();           // bob is woken
      bob.cancel();
      co_await cid;
    }
  };
  std::string order;
  run(Body::main(order));
  EXPECT_EQ(order, "c");
}

//: test-10d releasing what nobody holds is an error
TEST(Lock, ThatNobodyHoldsCannotBeReleased) {
  aio::Lock lock;
  EXPECT_THROW(lock.release(), aio::InvalidStateError);
}

}  // namespace
