#pragma once
// A printer for the programs of this lesson, on virtual time.

#include <chrono>
#include <cstdio>
#include <string>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/task.hpp>

namespace office {

inline aio::VirtualClock virtual_clock;

inline void say(const std::string& what) {
  const std::chrono::duration<double> now = virtual_clock.now().time_since_epoch();
  std::printf("%4.1f s  %s\n", now.count(), what.c_str());
}

/// Two pages, one second each.
inline aio::Coro<> print_letter(std::string name) {
  say(name + ", page 1");
  co_await aio::sleep(std::chrono::seconds(1));
  say(name + ", page 2");
  co_await aio::sleep(std::chrono::seconds(1));
}

}  // namespace office
