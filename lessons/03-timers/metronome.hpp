#pragma once
// Exercise fix-3c: a timer that rings again and again.

#include <aio/clock.hpp>
#include <aio/timers.hpp>

/// A timer for the beats at start + period, start + 2 periods, and so on.
class Metronome : public aio::Timer {
 public:
  Metronome(aio::TimerQueue& queue, const aio::Clock& clock, aio::Clock::duration period)
      : queue_(queue), clock_(clock), period_(period) {}

  /// Asks for the first beat, a period from now.
  void start();

  /// Asks for the next beat. Called when a beat's work is done. Beats that were missed meanwhile
  /// are left out, not made up; one that is due exactly now is not missed.
  void next();

 private:
  aio::TimerQueue& queue_;
  const aio::Clock& clock_;
  aio::Clock::duration period_;
  aio::Clock::time_point beat_{};  // the one that was asked for last
};
