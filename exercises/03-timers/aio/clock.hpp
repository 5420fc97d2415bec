#pragma once
// Your layer of lesson 03. Check it with: ./learn check 03
// Lesson 03, clock: the seam between the loop and time.
//
// A program runs on the SteadyClock. A test runs on the VirtualClock, which stands still while
// anything can run and jumps to the next deadline when nothing can: an hour of sleep takes no time.
//  1. now() never goes back.
//  2. Virtual time starts at 0 and moves when it is told to, by advance() or set(), and by the jump
//     when idle.

#include <chrono>
#include <optional>
#include <stdexcept>

#include <aio/support/delay.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* clock = __FILE__;  // which copy was compiled; the tests print it
}

/// Tells the time, and says how the loop waits for a later time.
class Clock {
 public:
  using duration = std::chrono::nanoseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<Clock, duration>;
  static constexpr bool is_steady = true;

  virtual ~Clock() = default;
  virtual time_point now() const = 0;

  /// How long the kernel may really sleep when nothing is ready and `next` is the earliest
  /// deadline, if there is one. Never shorter than the time until `next`, and zero when that has
  /// passed. Empty: for ever.
  virtual std::optional<duration> poll_timeout(std::optional<time_point> next) const = 0;

  /// The loop calls this after a sleep that brought nothing. Returns false when no event can
  /// ever come: the program has stopped for good.
  virtual bool idle_until(std::optional<time_point> next) = 0;
};

/// Real time that is never set back (CLOCK_MONOTONIC).
class SteadyClock final : public Clock {
 public:
  time_point now() const override {
    return time_point(std::chrono::steady_clock::now().time_since_epoch());
  }
  std::optional<duration> poll_timeout(std::optional<time_point> next) const override;
  bool idle_until(std::optional<time_point>) override { return true; }
};

/// Time that moves only when told, or when there is nothing else to do.
class VirtualClock final : public Clock {
 public:
  time_point now() const override { return now_; }

  /// Moves time forward by hand, as a callback that keeps the CPU busy would.
  /// Throws std::invalid_argument for a negative duration.
  void advance(Delay by);
  /// Moves time to `when`. Throws std::invalid_argument for a time that has passed.
  void set(time_point when);

  /// Zero while a deadline is known. Without one, a second of real time: only a descriptor can
  /// help then, and its other end may be a real thread or process.
  std::optional<duration> poll_timeout(std::optional<time_point> next) const override;

  /// Jumps to `next`, unless that has passed already. Returns false when there is no deadline.
  bool idle_until(std::optional<time_point> next) override;

 private:
  time_point now_{};
};

// Implementation

//: 3.1 move time forward by hand
inline void VirtualClock::advance(Delay by) {
  AIO_TODO("3.1", "move time forward by hand");
}

inline void VirtualClock::set(time_point when) {
  if (when < now_) throw std::invalid_argument("set: time does not go back");
  now_ = when;
}

//: 3.4 the whole time until the deadline, never less
inline std::optional<Clock::duration> SteadyClock::poll_timeout(
    std::optional<time_point> next) const {
  AIO_TODO("3.4", "the whole time until the deadline, never less");
}

//: 3.5 never really sleep while a deadline is known
inline std::optional<Clock::duration> VirtualClock::poll_timeout(
    std::optional<time_point> next) const {
  AIO_TODO("3.5", "never really sleep while a deadline is known");
}

//: 3.5 jump to the next deadline, or report that there is none
inline bool VirtualClock::idle_until(std::optional<time_point> next) {
  AIO_TODO("3.5", "jump to the next deadline, or report that there is none");
}

}  // namespace aio
