#pragma once
// Downloads for the programs of this lesson, on virtual time.

#include <chrono>
#include <cstdio>
#include <string>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

namespace pages {

inline aio::VirtualClock virtual_clock;

inline void say(const std::string& what) {
  const auto now = virtual_clock.now().time_since_epoch();
  std::printf("%2d s  %s\n", static_cast<int>(now / std::chrono::seconds(1)), what.c_str());
}

/// Takes a while. When it is cancelled it needs a second to close its connection.
inline aio::Coro<std::string> download(std::string page, std::chrono::seconds time) {
  bool stopped = false;
  try {
    co_await aio::sleep(time);
  } catch (const aio::CancelledError&) {
    stopped = true;
  }
  if (stopped) {
    co_await aio::sleep(std::chrono::seconds(1));
    say("  " + page + " is closed");
    throw aio::CancelledError();
  }
  say("  " + page + " is here");
  co_return page;
}

}  // namespace pages
