#pragma once
// Bookings for the programs of this lesson, on virtual time.

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/sleep.hpp>
#include <aio/support/errors.hpp>

namespace bookings {

inline aio::VirtualClock virtual_clock;

inline void say(const std::string& what) {
  const auto now = virtual_clock.now().time_since_epoch();
  std::printf("%d s  %s\n", static_cast<int>(now / std::chrono::seconds(1)), what.c_str());
}

/// Takes a while, and may fail then.
inline aio::Coro<> book(std::string what, std::chrono::seconds takes, bool there_is_one = true) {
  try {
    co_await aio::sleep(takes);
  } catch (const aio::CancelledError&) {
    say("  " + what + " is given up");
    throw;
  }
  if (!there_is_one) throw std::runtime_error("no " + what);
  say("  " + what + " is booked");
}

}  // namespace bookings
