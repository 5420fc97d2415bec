#pragma once
// Runs a coroutine to its end on virtual time, for lessons that have tasks.
//
//   EXPECT_EQ(tests::run_virtual(f()), 7);

#include <utility>

#include <aio/task.hpp>

#include "support/virtual_loop.hpp"

namespace tests {

/// As aio::run(), on a clock of your own (to stamp a story with, or to read when it is over).
template <class T>
T run_virtual(aio::Coro<T> coro, aio::VirtualClock& clock) {
  return aio::run(std::move(coro), options(clock));
}

template <class T>
T run_virtual(aio::Coro<T> coro) {
  aio::VirtualClock clock;
  return run_virtual(std::move(coro), clock);
}

}  // namespace tests
