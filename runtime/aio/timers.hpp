#pragma once
// Lesson 03, timers: what is due next.
//
// Stands on the clock's time_point alone. An 8-ary min-heap of (deadline, order of creation).
// Rules 1 and 2 are the clock's.
//  3. pop_due() hands timers out by deadline; equal deadlines in the order in which they were
//     pushed. A deadline that has passed is not moved to the present.
//  4. A timer is never due early.
//  5. A timer that is cancelled is never handed out, and wakes nobody. Its entry stays behind,
//     without a timer, until it comes to the front or until more than half of a large heap is such
//     entries: cancel() is O(1) on average.
//  6. The queue never allocates per timer: you own the Timer, the heap holds a pointer to it.
// Not taken: a timing wheel, which is O(1) but coarse; a red-black tree, which is slower here.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <aio/clock.hpp>
#include <aio/support/errors.hpp>

namespace aio {

namespace layers {
inline constexpr const char* timers = __FILE__;  // which copy was compiled; the tests print it
}

/// A timer that somebody owns, e.g. as a base or member. Payload and handle in one: the queue
/// gives back this very object. REQUIRES: not pending when it is destroyed.
class Timer {
 public:
  Timer() = default;
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  bool pending() const { return slot_ != nowhere; }

 private:
  friend class TimerQueue;
  static constexpr std::uint32_t nowhere = UINT32_MAX;
  std::uint32_t slot_ = nowhere;  // where in the heap its entry is
};

/// One entry of the heap.
struct TimerEntry {
  Clock::time_point when;
  std::uint64_t order = 0;  // how many timers were pushed before this one
  Timer* timer = nullptr;   // null: cancelled
};

/// Whether `a` is due before `b`: by deadline, then by order of creation.
bool due_before(const TimerEntry& a, const TimerEntry& b);

class TimerQueue {
 public:
  /// Adds `timer`. Throws InvalidStateError when it is pending already.
  void push(Clock::time_point when, Timer& timer);

  /// Takes `timer` out. Returns false if it was not pending. REQUIRES: it was not pushed elsewhere.
  bool cancel(Timer& timer);

  /// The deadline of the first timer that is not cancelled.
  std::optional<Clock::time_point> next_deadline();

  /// Takes out and returns the first timer with a deadline at or before `now`; null if none.
  Timer* pop_due(Clock::time_point now);

  /// Takes out and returns any timer; null if there is none. For a loop that is being closed.
  Timer* pop_any();

  bool empty() const { return heap_.size() == cancelled_; }
  std::size_t size() const { return heap_.size() - cancelled_; }
  /// Entries in memory, cancelled ones included.
  std::size_t entries() const { return heap_.size(); }
  /// Whether `timer` stands in the slot that it knows. True for each that is pending here.
  bool stands(const Timer& timer) const {
    return timer.slot_ < heap_.size() && heap_[timer.slot_].timer == &timer;
  }

 private:
  // Children of slot s: 8s + 1 … 8s + 8, side by side. With a million timers, where each level
  // misses the cache, a tenth less time than with four.
  static constexpr std::size_t arity = 8;
  static constexpr std::size_t few = 100;  // a heap this small is never compacted

  /// Writes `entry` into its slot, and tells its timer where it is.
  void place(std::size_t slot, const TimerEntry& entry);
  /// Finds `entry`'s place at `slot` or above it, and puts it there.
  void sift_up(std::size_t slot, TimerEntry entry);
  /// Finds `entry`'s place at `slot` or below it, and puts it there.
  void sift_down(std::size_t slot, TimerEntry entry);
  /// Takes the first entry out: its timer is no longer pending, or, if it has none, there is one
  /// cancelled entry less. REQUIRES: the heap is not empty.
  TimerEntry take_first();
  /// Removes the cancelled entries.
  void compact();

  std::vector<TimerEntry> heap_;  // no entry is due before its parent, heap_[0] before any other
  std::uint64_t pushed_ = 0;
  std::size_t cancelled_ = 0;  // entries whose timer is null
};

// Implementation

//: 3.1 the earlier deadline first, then the earlier pushed
inline bool due_before(const TimerEntry& a, const TimerEntry& b) {
  return a.when != b.when ? a.when < b.when : a.order < b.order;
}

//: 3.2 append, and let it rise to its place
inline void TimerQueue::push(Clock::time_point when, Timer& timer) {
  if (timer.pending()) throw InvalidStateError("push: this timer is pending already");
  heap_.emplace_back();
  sift_up(heap_.size() - 1, TimerEntry{when, pushed_++, &timer});
}

inline void TimerQueue::place(std::size_t slot, const TimerEntry& entry) {
  heap_[slot] = entry;
  if (entry.timer != nullptr) entry.timer->slot_ = static_cast<std::uint32_t>(slot);
}

//: 3.2 while the parent is due later, the parent moves down
inline void TimerQueue::sift_up(std::size_t slot, TimerEntry entry) {
  while (slot > 0) {
    const std::size_t parent = (slot - 1) / arity;
    if (!due_before(entry, heap_[parent])) break;
    place(slot, heap_[parent]);
    slot = parent;
  }
  place(slot, entry);
}

//: 3.2 while a child is due earlier, the earliest child moves up
inline void TimerQueue::sift_down(std::size_t slot, TimerEntry entry) {
  for (;;) {
    const std::size_t first = slot * arity + 1;
    if (first >= heap_.size()) break;
    const std::size_t end = std::min(first + arity, heap_.size());
    std::size_t earliest = first;
    for (std::size_t child = first + 1; child < end; ++child) {
      if (due_before(heap_[child], heap_[earliest])) earliest = child;
    }
    if (!due_before(heap_[earliest], entry)) break;
    place(slot, heap_[earliest]);
    slot = earliest;
  }
  place(slot, entry);
}

//: 3.2 the last entry takes the first one's place and sinks
inline TimerEntry TimerQueue::take_first() {
  const TimerEntry first = heap_.front();
  const TimerEntry last = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) sift_down(0, last);
  if (first.timer == nullptr) {
    --cancelled_;
  } else {
    first.timer->slot_ = Timer::nowhere;
  }
  return first;
}

//: 3.2 hand out the first timer that is due
inline Timer* TimerQueue::pop_due(Clock::time_point now) {
  while (!heap_.empty() && heap_.front().when <= now) {
    if (Timer* timer = take_first().timer) return timer;
  }
  return nullptr;
}

inline Timer* TimerQueue::pop_any() { return pop_due(Clock::time_point::max()); }

//: 3.3 empty the entry; rebuild the heap when most of it is empty
inline bool TimerQueue::cancel(Timer& timer) {
  if (!timer.pending()) return false;
  heap_[timer.slot_].timer = nullptr;
  timer.slot_ = Timer::nowhere;
  ++cancelled_;
  if (heap_.size() > few && cancelled_ > heap_.size() / 2) compact();
  return true;
}

// Then every subtree is put in order, the smallest ones first: O(n).
inline void TimerQueue::compact() {
  std::erase_if(heap_, [](const TimerEntry& entry) { return entry.timer == nullptr; });
  cancelled_ = 0;
  for (std::size_t slot = heap_.size(); slot-- > 0;) sift_down(slot, heap_[slot]);
}

//: 3.4 the first deadline that still counts
inline std::optional<Clock::time_point> TimerQueue::next_deadline() {
  while (!heap_.empty() && heap_.front().timer == nullptr) take_first();
  if (heap_.empty()) return std::nullopt;
  return heap_.front().when;
}

}  // namespace aio
