#pragma once
// How a loop is made.

#include <chrono>
#include <cstdint>
#include <optional>

#include <aio/clock.hpp>
#include <aio/event_loop/observer.hpp>

namespace aio {

/// How a loop is made.
struct LoopOptions {
  Clock* clock = nullptr;  // null: a SteadyClock. Must outlive the loop.
  bool debug = false;      // reports slow callbacks and other faults; or LOOPWRIGHT_DEBUG=1
  std::chrono::nanoseconds slow_callback = std::chrono::milliseconds(100);
  std::optional<std::uint64_t> shuffle_seed = {};  // runs each batch in an order drawn from it
  Observer* observer = nullptr;  // null: the thread's default, usually none. Must outlive the loop.
  bool answers = true;  // tells what lives on it, to SIGQUIT and ./learn ps; see inquiry.hpp
};

}  // namespace aio
