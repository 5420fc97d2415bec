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

TEST(Fix3d_Naps, OneSleepIsEnough) {
  Sleeper sleeper;
  sleeper.sleep_until(Clock::time_point(2'900us));
  EXPECT_STORY(sleeper.story, sleeper.calls, 1,
               "the time left was rounded down; what remains is less than a millisecond, which "
               "rounds down to no sleep at all",
               tests::Seen{90, "nap-rounds-down"});
}

TEST(Fix3d_Naps, ANanosecondIsNotNothing) {
  EXPECT_EQ(milliseconds_to_sleep(1ns), 1);
  EXPECT_EQ(milliseconds_to_sleep(1ms + 1ns), 2);
}

TEST(Fix3d_Naps, WholeMillisecondsStayAsTheyAre) {
  EXPECT_EQ(milliseconds_to_sleep(0ns), 0);
  EXPECT_EQ(milliseconds_to_sleep(1ms), 1) << "Likely cause: 1 is added, whatever is left";
  EXPECT_EQ(milliseconds_to_sleep(250ms), 250);
}

TEST(Fix3d_Naps, OnlyNoDeadlineIsForEver) {
  EXPECT_EQ(milliseconds_to_sleep(std::nullopt), -1);
  EXPECT_EQ(milliseconds_to_sleep(-1ns), 0);
  EXPECT_EQ(milliseconds_to_sleep(-1s), 0)
      << "Likely cause: a deadline that has passed gives a negative timeout, which is for ever";
}

TEST(Fix3d_Naps, AVeryLongTimeIsClamped) {
  const int most = std::numeric_limits<int>::max();
  EXPECT_EQ(milliseconds_to_sleep(std::chrono::hours(24 * 365)), most)
      << "Likely cause: 32 bits hold 24.8 days of milliseconds";
  EXPECT_EQ(milliseconds_to_sleep(std::chrono::nanoseconds::max()), most);
  EXPECT_EQ(milliseconds_to_sleep(std::chrono::nanoseconds::min()), 0);
}

}  // namespace
