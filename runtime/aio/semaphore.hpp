#pragma once
// Lesson 10, semaphore: a number of permits, given out in the order of arrival.
//
//  - A free permit is taken without a pause, unless somebody is in the queue.
//  - release() wakes the first in the queue, for whom the permit is reserved.
//  - It must outlive its waiters and its guards.

#include <cstddef>
#include <stdexcept>

#include <aio/lock.hpp>
#include <aio/support/errors.hpp>
#include <aio/wait_queue.hpp>

namespace aio {

namespace layers {
inline constexpr const char* semaphore = __FILE__;  // which copy was compiled; the tests print it
}

class Semaphore {
 public:
  using Guard = detail::Guard<Semaphore>;
  /// Throws std::invalid_argument for less than none.
  explicit Semaphore(long permits = 1);
  Semaphore(const Semaphore&) = delete;
  Semaphore& operator=(const Semaphore&) = delete;

  /// Would acquire() have to wait?
  bool locked() const { return free_ == 0 || queue_.busy(); }
  /// Waits for the turn, and takes a permit.
  auto acquire() { return detail::Await<detail::Acquire<Semaphore>, Semaphore>(*this); }
  /// The same; gives a Guard, which gives the permit back.
  auto scoped() { return detail::Await<detail::AcquireScoped<Semaphore>, Semaphore>(*this); }
  /// Gives a permit back, or adds one. In a bounded one, throws InvalidStateError when all are
  /// there already.
  void release();

 protected:
  Semaphore(long permits, bool bounded) : Semaphore(permits) {
    if (bounded) most_ = free_;
  }

 private:
  friend class detail::Acquire<Semaphore>;
  static constexpr const char* name = "a semaphore";
  bool take_if_free();
  void take() { --free_; }
  void wake() { queue_.wake(free_); }
  /// release() while somebody waits: refuses other threads, frees it, and wakes who is next.
  void release_to_waiter();

  std::size_t free_;                                 // those reserved for the woken included
  std::size_t most_ = static_cast<std::size_t>(-1);  // how many there may be
  detail::WaitQueue queue_;
};

/// A semaphore that cannot be given back more permits than it began with.
class BoundedSemaphore : public Semaphore {
 public:
  explicit BoundedSemaphore(long permits = 1) : Semaphore(permits, true) {}
};

// Implementation

inline Semaphore::Semaphore(long permits) : free_(static_cast<std::size_t>(permits)) {
  if (permits < 0) throw std::invalid_argument("a semaphore cannot have less than no permits");
}

//: 10.4 take one only if there is one, and nobody is before you
inline bool Semaphore::take_if_free() {
  if (locked()) return false;
  --free_;
  return true;
}

//: 10.4 one more is free: for who is next
inline void Semaphore::release() {
  if (free_ >= most_) throw InvalidStateError("release: this semaphore has all its permits");
  if (queue_.anybody_waits()) return release_to_waiter();
  ++free_;
}

/// Out of line: mostly nobody waits.
[[gnu::noinline]] inline void Semaphore::release_to_waiter() {
  queue_.check_thread("Semaphore::release");
  ++free_;
  wake();
}

}  // namespace aio
