// Exercise test-10d. Check it with: ./learn check test-10d
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
#include <aio/support/todo.hpp>

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
  AIO_TODO("test-10d", "whoever releases it and comes again stands behind those who wait");
}

//: test-10d one who is woken and cancelled passes the lock on
TEST(Lock, AWokenTaskThatIsCancelledPassesItOn) {
  AIO_TODO("test-10d", "one who is woken and cancelled passes the lock on");
}

//: test-10d releasing what nobody holds is an error
TEST(Lock, ThatNobodyHoldsCannotBeReleased) {
  AIO_TODO("test-10d", "releasing what nobody holds is an error");
}

}  // namespace
