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

void expect_sorted(const Numbers& numbers, const Numbers& expected, const char* cause) {
  aio::VirtualClock clock;
  tests::Story story;
  story.step("sleep_sort(" + tests::to_text(numbers) + ")");
  EXPECT_STORY(story, sleep_sort(numbers, clock), expected, cause,
               tests::Seen{numbers, "sleeps-in-turn"});
}

TEST(Use3b_SleepSort, Sorts) {
  expect_sorted({3, 1, 2}, {1, 2, 3}, "each number's deadline is that many seconds from now");
}

TEST(Use3b_SleepSort, KeepsEqualNumbersAndSortsNothing) {
  expect_sorted({2, 1, 2, 1}, {1, 1, 2, 2}, "each of two equal numbers has a timer of its own");
  expect_sorted({}, {}, "there is no number, and no deadline");
  expect_sorted({7}, {7}, "the loop ends before the last timer is due");
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
  expect_sorted({1, -2, 0, -1}, {-2, -1, 0, 1}, "a deadline in the past was moved to the present");
}

TEST(Use3b_SleepSort, SleepsForDecadesAtNoCost) {
  const int most = std::numeric_limits<int>::max();  // 68 years
  expect_sorted({most, 1, most - 1}, {1, most - 1, most},
                "it sleeps in real time, or the number of seconds does not fit its type");
}

TEST(Use3b_SleepSort, AThousandRandomNumbers) {
  std::mt19937 random(3);
  Numbers numbers(1'000);
  for (int& number : numbers) number = static_cast<int>(random() % 500);
  Numbers expected = numbers;
  std::sort(expected.begin(), expected.end());
  expect_sorted(numbers, expected, "what is due at the same time is taken out one at a time");
}

}  // namespace
