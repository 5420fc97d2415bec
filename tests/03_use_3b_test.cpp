// use-3b: sleep sort. Its seconds are virtual, so that it is done at once.

#include <algorithm>
#include <chrono>
#include <limits>
#include <random>
#include <vector>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/timers.hpp>

#include "sleep_sort.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using Numbers = std::vector<int>;

const auto compiled = tests::compiled_from(aio::layers::timers);

Numbers sorted(const Numbers& numbers) {
  aio::VirtualClock clock;
  return sleep_sort(numbers, clock);
}

TEST(Use3b_SleepSort, Sorts) {
  tests::Story story;
  story.step("sleep_sort({3, 1, 2})");
  EXPECT_STORY(story, sorted({3, 1, 2}), (Numbers{1, 2, 3}),
               "each number's deadline is that many seconds from now",
               tests::Seen{Numbers{3, 1, 2}, "sleeps-in-turn"});
}

TEST(Use3b_SleepSort, KeepsEqualNumbersAndSortsNothing) {
  EXPECT_EQ(sorted({2, 1, 2, 1}), (Numbers{1, 1, 2, 2}));
  EXPECT_EQ(sorted({}), Numbers{});
  EXPECT_EQ(sorted({7}), Numbers{7});
}

TEST(Use3b_SleepSort, TheLongestSleepIsHowLongItTakes) {
  aio::VirtualClock clock;
  tests::Story story(clock);
  clock.advance(100s);
  story.step("sleep_sort({30, 10, 20})");
  sleep_sort({30, 10, 20}, clock);
  story.step("has returned");
  EXPECT_STORY(story, clock.now(), aio::Clock::time_point(130s),
               "all sleep at the same time: the last one wakes after 30 s",
               tests::Seen{aio::Clock::time_point(160s), "sleeps-in-turn"});
}

TEST(Use3b_SleepSort, NegativeNumbersAreDueAlready) {
  EXPECT_EQ(sorted({1, -2, 0, -1}), (Numbers{-2, -1, 0, 1}));
}

TEST(Use3b_SleepSort, SleepsForDecadesAtNoCost) {
  const int most = std::numeric_limits<int>::max();  // 68 years
  EXPECT_EQ(sorted({most, 1, most - 1}), (Numbers{1, most - 1, most}))
      << "Likely cause: real sleep, or a number of seconds that does not fit";
}

TEST(Use3b_SleepSort, AThousandRandomNumbers) {
  std::mt19937 random(3);
  Numbers numbers(1'000);
  for (int& number : numbers) number = static_cast<int>(random() % 500);
  Numbers expected = numbers;
  std::sort(expected.begin(), expected.end());
  EXPECT_EQ(sorted(numbers), expected);
}

}  // namespace
