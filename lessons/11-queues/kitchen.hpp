#pragma once
// A kitchen for the programs of this lesson, on virtual time.

#include <chrono>
#include <cstdio>
#include <string>

#include <aio/clock.hpp>

namespace kitchen {

inline aio::VirtualClock virtual_clock;

inline void say(const std::string& what) {
  const std::chrono::duration<double> now = virtual_clock.now().time_since_epoch();
  std::printf("%4.1f s  %s\n", now.count(), what.c_str());
}

}  // namespace kitchen
