#pragma once
// Times on a virtual clock, which starts at 0: at(250ms).

#include <aio/clock.hpp>

namespace tests {

constexpr aio::Clock::time_point at(aio::Clock::duration since_start) {
  return aio::Clock::time_point(since_start);
}

}  // namespace tests
