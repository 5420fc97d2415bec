#pragma once
// Three downloads for the programs of this lesson, on virtual time.

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/task.hpp>

namespace pages {

inline aio::VirtualClock virtual_clock;

inline void say(const std::string& what) {
  const auto now = virtual_clock.now().time_since_epoch();
  std::printf("%2d s  %s\n", static_cast<int>(now / std::chrono::seconds(1)), what.c_str());
}

/// Takes a while; the page called "broken" fails.
inline aio::Coro<std::string> download(std::string page, std::chrono::seconds time) {
  co_await aio::sleep(time);
  if (page == "broken") throw std::runtime_error("no such page: broken");
  say("  " + page + " is here");
  co_return page;
}

}  // namespace pages
