#pragma once
// Your layer of lesson 10. Check it with: ./learn check 10
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
#include <aio/support/todo.hpp>

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
  AIO_TODO("10.5", "release, wait, and take the lock again, whatever happens");
}

//: 10.5 try until the lock is yours; was there a request to stop meanwhile?
inline Coro<bool> Condition::take_lock_again() {
  AIO_TODO("10.5", "try until the lock is yours; was there a request to stop meanwhile?");
}

//: 10.5 look, and wait, until it is true
template <class Predicate>
Coro<std::decay_t<std::invoke_result_t<Predicate&>>> Condition::wait_until(Predicate predicate) {
  AIO_TODO("10.5", "look, and wait, until it is true");
}

//: 10.5 wake the first n, as far as there are as many
inline void Condition::notify(int n) {
  AIO_TODO("10.5", "wake the first n, as far as there are as many");
}

inline void Condition::notify_all() {
  check_held("notify_all");
  queue_.wake_all();
}

}  // namespace aio
