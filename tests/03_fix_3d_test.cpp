// fix-3d: a timeout that is rounded the wrong way, and what a kernel does with it.

#include <chrono>
#include <limits>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/timers.hpp>

#include "naps.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Clock;

const auto compiled = tests::compiled_from(aio::layers::timers);

/// Sleeps in a pretended kernel, as often as it takes, until a timer is due. Each call costs 10 µs.
struct Sleeper {
  aio::VirtualClock clock{};
  tests::Story story{clock};
  int calls = 0;

  void sleep_until(Clock::time_point deadline) {
    aio::TimerQueue queue;
    aio::Timer timer;
    queue.push(deadline, timer);
    story.step("a timer is due " + tests::to_text(deadline));
    while (queue.pop_due(clock.now()) == nullptr && ++calls < 1'000) {
      const int timeout = milliseconds_to_sleep(deadline - clock.now());
      if (calls <= 5) story.step("epoll_wait(" + std::to_string(timeout) + " ms)");
      if (timeout < 0) return story.step("it sleeps for ever");
      clock.advance(std::chrono::milliseconds(timeout) + 10us);
    }
    story.step("after " + std::to_string(calls) + " calls");
    queue.cancel(timer);
  }
};

void expect_sleep(std::optional<std::chrono::nanoseconds> left, int expected, const char* cause) {
  tests::Story story;
  story.step("milliseconds_to_sleep(" + (left ? tests::to_text(*left) : "no deadline") + ")");
  EXPECT_STORY(story, milliseconds_to_sleep(left), expected, cause);
}

TEST(Fix3d_Naps, OneSleepIsEnough) {
  Sleeper sleeper;
  sleeper.sleep_until(Clock::time_point(2'900us));
  EXPECT_STORY(sleeper.story, sleeper.calls, 1,
               "the time left was rounded down; what remains is less than a millisecond, which "
               "rounds down to no sleep at all",
               tests::Seen{90, "nap-rounds-down"});
}

TEST(Fix3d_Naps, ANanosecondIsNotNothing) {
  const auto* cause = "a fraction of a millisecond was rounded down, so the sleep ends too early";
  expect_sleep(1ns, 1, cause);
  expect_sleep(1ms + 1ns, 2, cause);
}

TEST(Fix3d_Naps, WholeMillisecondsStayAsTheyAre) {
  const auto* cause = "1 is added, whatever is left: only a fraction is to be rounded up";
  expect_sleep(0ns, 0, cause);
  expect_sleep(1ms, 1, cause);
  expect_sleep(250ms, 250, cause);
}

TEST(Fix3d_Naps, OnlyNoDeadlineIsForEver) {
  expect_sleep(std::nullopt, -1, "without a deadline the sleep is for ever, which is -1");
  const auto* cause = "a deadline that has passed gives a negative timeout, which is for ever";
  expect_sleep(-1ns, 0, cause);
  expect_sleep(-1s, 0, cause);
}

TEST(Fix3d_Naps, AVeryLongTimeIsClamped) {
  const int most = std::numeric_limits<int>::max();
  const auto* cause = "an int holds 24.8 days of milliseconds; clamp before you convert";
  expect_sleep(std::chrono::hours(24 * 365), most, cause);
  expect_sleep(std::chrono::nanoseconds::max(), most, cause);
  expect_sleep(std::chrono::nanoseconds::min(), 0, cause);
}

}  // namespace
