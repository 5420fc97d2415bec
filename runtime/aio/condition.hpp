#pragma once
// Lesson 10, condition: wait, under a lock, for something to become true.
//
//  - wait() releases the lock, sleeps until it is notified, and holds the lock again when it
//    returns or throws, however long that takes.
//  - Who is notified goes on when it gets the lock, never before the notifier has released it.
//  - A notification that its waiter cannot use is passed on, so be ready to be woken for nothing:
//    wait in a loop, or use wait_for().

#include <functional>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <aio/coro.hpp>
#include <aio/lock.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/named_callable.hpp>
#include <aio/wait_queue.hpp>

namespace aio {

namespace layers {
inline constexpr const char* condition = __FILE__;  // which copy was compiled; the tests print it
}

class Condition {
 public:
  /// With a lock of its own.
  Condition() : lock_(&own_.emplace()) {}
  /// Shares `lock`, which must outlive it.
  explicit Condition(Lock& lock) : lock_(&lock) {}
  Condition(const Condition&) = delete;
  Condition& operator=(const Condition&) = delete;

  auto acquire() { return lock_->acquire(); }
  auto scoped() { return lock_->scoped(); }
  void release() { lock_->release(); }
  bool locked() const { return lock_->locked(); }

  /// Releases the lock, waits for a notification, and takes the lock again.
  /// Throws InvalidStateError, as notify() does, when the lock is not held.
  Coro<> wait();
  /// Waits until `predicate()` is true, and gives what it returned. A predicate that the compiler
  /// would spoil as a temporary needs a name (see support/named_callable.hpp).
  template <class Predicate>
  auto wait_for(Predicate&& predicate) {
    detail::require_named<Predicate>();
    return wait_until<std::decay_t<Predicate>>(std::forward<Predicate>(predicate));
  }
  /// Wakes those `n` who have waited longest.
  void notify(int n = 1);
  void notify_all();

 private:
  void check_held(const char* call) const;
  template <class Predicate>
  Coro<std::decay_t<std::invoke_result_t<Predicate&>>> wait_until(Predicate predicate);
  Coro<bool> take_lock_again();

  std::optional<Lock> own_;
  Lock* lock_;
  detail::WaitQueue queue_;
};

// Implementation

inline void Condition::check_held(const char* call) const {
  queue_.check_thread(call);
  if (locked()) return;
  throw InvalidStateError(std::string(call) + ": the lock of this condition is not held");
}

//: 10.5 release, wait, and take the lock again, whatever happens
inline Coro<> Condition::wait() {
  check_held("wait");
  Coro<bool> the_lock_again = take_lock_again();  // made now, since later nothing may fail
  lock_->release();
  bool cancelled = false;
  try {
    co_await detail::Turn(queue_, "a condition");
  } catch (const CancelledError&) {
    cancelled = true;
  }
  const bool cancelled_later = co_await std::move(the_lock_again);
  if (!cancelled && !cancelled_later) co_return;
  notify(1);  // it may have been notified, and makes no use of that
  throw CancelledError();
}

//: 10.5 try until the lock is yours; was there a request to stop meanwhile?
inline Coro<bool> Condition::take_lock_again() {
  bool cancelled = false;
  for (;;) {
    try {
      co_await lock_->acquire();
      co_return cancelled;
    } catch (const CancelledError&) {
      cancelled = true;
    }
  }
}

//: 10.5 look, and wait, until it is true
template <class Predicate>
Coro<std::decay_t<std::invoke_result_t<Predicate&>>> Condition::wait_until(Predicate predicate) {
  auto answer = predicate();
  while (!answer) {
    co_await wait();
    answer = predicate();
  }
  co_return answer;
}

//: 10.5 wake the first n, as far as there are as many
inline void Condition::notify(int n) {
  check_held("notify");
  for (; n > 0 && queue_.anybody_waits(); --n) queue_.wake_next();
}

inline void Condition::notify_all() {
  check_held("notify_all");
  queue_.wake_all();
}

}  // namespace aio
