#pragma once
// Lesson 10, lock: one task at a time, in the order of arrival.
//
//  - A lock that is free, with nobody in the queue, is taken without a pause.
//  - release() wakes the first in the queue. Until that one goes on the lock is free, and yet it
//    is spoken for: whoever comes now, even the releaser, queues up behind. take_if_free() asks
//    for both.
//  - Any task may release it. It must outlive its waiters and its guards.

#include <coroutine>
#include <optional>
#include <stdexcept>
#include <utility>

#include <aio/support/errors.hpp>
#include <aio/wait_queue.hpp>

namespace aio {

namespace layers {
inline constexpr const char* lock = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

/// Releases what scoped() acquired when it goes out of scope. Movable, like a unique_ptr.
template <class Subject>
class [[nodiscard("it releases when it goes out of scope")]] Guard {
 public:
  explicit Guard(Subject & subject) : subject_(&subject) {}
  Guard(Guard && other) noexcept : subject_(std::exchange(other.subject_, nullptr)) {}
  Guard& operator=(Guard&& other) noexcept {
    std::swap(subject_, other.subject_);
    return *this;
  }
  ~Guard() {
    try {
      release();
    } catch (const std::logic_error&) {  // released by hand before; a destructor cannot tell
    }
  }
  /// Releases now.
  void release() {
    if (subject_ != nullptr) std::exchange(subject_, nullptr)->release();
  }

 private:
  Subject* subject_;
};

/// Takes a Lock or a Semaphore, in the order of arrival.
template <class Subject>
class Acquire {
 public:
  explicit Acquire(Subject& subject) : subject_(subject) {}
  bool await_ready() { return subject_.take_if_free(); }
  void await_suspend(std::coroutine_handle<> leaf) {
    turn_.emplace(subject_.queue_, Subject::name).await_suspend(leaf);
  }
  void await_resume() {
    if (turn_) [[unlikely]]
      take_in_turn();
  }

 protected:
  Subject& subject_;

 private:
  void take_in_turn();

  std::optional<Turn> turn_;  // made only when it must wait: a free lock is the common case
};

template <class Subject>
class AcquireScoped final : public Acquire<Subject> {
 public:
  using Acquire<Subject>::Acquire;
  Guard<Subject> await_resume() {
    Acquire<Subject>::await_resume();
    return Guard<Subject>(this->subject_);
  }
};

}  // namespace detail

class Lock {
 public:
  using Guard = detail::Guard<Lock>;
  Lock() = default;
  Lock(const Lock&) = delete;
  Lock& operator=(const Lock&) = delete;

  bool locked() const { return locked_; }
  /// Waits for the turn, and takes the lock.
  auto acquire() { return detail::Await<detail::Acquire<Lock>, Lock>(*this); }
  /// The same; gives a Guard: `const auto guard = co_await lock.scoped();`
  auto scoped() { return detail::Await<detail::AcquireScoped<Lock>, Lock>(*this); }
  /// Throws InvalidStateError when it is not locked.
  void release();

 private:
  friend class detail::Acquire<Lock>;
  static constexpr const char* name = "a lock";
  bool take_if_free();
  void take() { locked_ = true; }
  void wake() { queue_.wake(locked_ ? 0 : 1); }
  /// release() while somebody waits: refuses other threads, frees it, and wakes who is next.
  void release_to_waiter();

  bool locked_ = false;
  detail::WaitQueue queue_;
};

// Implementation

//: 10.3 take it only if it is free, and nobody is before you
inline bool Lock::take_if_free() {
  if (locked_ || queue_.busy()) return false;
  locked_ = true;
  return true;
}

//: 10.3 free it, and wake who is next
inline void Lock::release() {
  if (!locked_) throw InvalidStateError("release: this lock is not locked");
  if (queue_.anybody_waits()) return release_to_waiter();
  locked_ = false;
}

/// Out of line: mostly nobody waits.
[[gnu::noinline]] inline void Lock::release_to_waiter() {
  queue_.check_thread("Lock::release");
  locked_ = false;
  wake();
}

namespace detail {

//: 10.3 take what you were woken for, or leave it if you were cancelled; then wake who is next
template <class Subject>
void Acquire<Subject>::take_in_turn() {
  try {
    turn_->await_resume();
  } catch (...) {
    subject_.wake();
    throw;
  }
  subject_.take();
  subject_.wake();
}

}  // namespace detail
}  // namespace aio
