#pragma once
// A loop in debug mode, for tests of what it warns of.

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/debug/mode.hpp>
#include <aio/debug/symbols.hpp>
#include <aio/event_loop.hpp>
#include <aio/task.hpp>

#include "support/virtual_loop.hpp"

namespace tests {

/// A loop on virtual time in debug mode, and what it warns of.
struct Debugged {
  explicit Debugged(std::chrono::nanoseconds slow = std::chrono::milliseconds(100))
      : loop([this, slow] {
          aio::EventLoop::Options made = options(clock);
          made.debug = true;
          made.slow_callback = slow;
          return made;
        }()) {
    aio::detail::CodePlace::tells_lines = false;  // that would take most of a test's time
    loop.set_warning_sink([this](std::string_view text) { warnings.emplace_back(text); });
  }
  template <class T>
  T run(aio::Coro<T> main) {
    return loop.run_until_complete(std::move(main));
  }
  /// Is there one, and does it hold all of these?
  testing::AssertionResult warned(std::initializer_list<std::string> parts) const {
    if (warnings.size() != 1) {
      return testing::AssertionFailure() << warnings.size() << " warnings";
    }
    for (const std::string& part : parts) {
      if (warnings[0].find(part) == std::string::npos) {
        return testing::AssertionFailure() << "no \"" << part << "\" in: " << warnings[0];
      }
    }
    return testing::AssertionSuccess();
  }

  aio::VirtualClock clock;
  std::vector<std::string> warnings;
  aio::EventLoop loop;
};

}  // namespace tests
