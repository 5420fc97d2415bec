// Lesson 16: the observer: what a loop has done, in numbers.

#include <chrono>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <aio/debug/statistics.hpp>
#include <aio/task.hpp>

#include "support/story.hpp"
#include "support/virtual_loop.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::LoopFigures, aio::LoopStatistics;
using tests::LooksLike, tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::statistics);

/// A loop that is counted from its beginning.
struct Counted : tests::VirtualLoop {
  LoopStatistics statistics{loop};

  /// One iteration, told as a step.
  LoopFigures iterate(const char* what) {
    story.step(what);
    loop.run_once();
    return statistics.figures();
  }
};

TEST(Step1_Observer, CountsWhatRuns) {
  Counted counted;
  for (int i = 0; i < 3; ++i) counted.loop.call_soon([] {});
  const LoopFigures figures = counted.iterate("three callbacks, in one iteration");
  EXPECT_STORY(counted.story, figures.callbacks, 3u, "will_run() is called once for each");
  EXPECT_STORY(counted.story, figures.iterations, 1u, "the loop counts its iterations itself");
}

TEST(Step1_Observer, CountsFromWhenItBegan) {
  tests::VirtualLoop virtual_loop;
  auto& [clock, loop, story] = virtual_loop;
  for (int i = 0; i < 5; ++i) {
    loop.call_soon([] {});
    loop.run_once();
  }
  story.step("five iterations, and only then it begins to count");
  const LoopStatistics statistics(loop);
  loop.call_soon([] {});
  loop.run_once();
  EXPECT_STORY(story, statistics.figures().iterations, 1u,
               "what the loop had done before does not count", Seen{6ul, "counts-what-was-before"});
}

TEST(Step1_Observer, TellsSleepFromWork) {
  Counted counted;
  auto& clock = counted.clock;
  counted.loop.call_later(10s, [&clock] { clock.advance(2s); });
  counted.loop.call_later(20s, [&clock] { clock.advance(3s); });
  counted.iterate("sleeps until 10 s, then a callback takes 2 s");
  const LoopFigures figures = counted.iterate("sleeps until 20 s, then a callback takes 3 s");
  EXPECT_STORY(counted.story, figures.asleep, 10s + 8s,
               "from will_poll() to has_polled() the loop is asleep",
               LooksLike{LoopFigures().asleep, "sleep-is-not-counted"},
               Seen{aio::Clock::duration(20s), "time-since-the-last-poll"});
  EXPECT_STORY(counted.story, figures.in_callbacks, 5s,
               "from will_run() to has_run() the loop is at work",
               Seen{aio::Clock::duration(23s), "time-since-the-last-poll"});
}

TEST(Step1_Observer, RemembersTheLongestCallback) {
  Counted counted;
  for (const auto takes : {1s, 7s, 2s}) {
    counted.loop.call_soon([&clock = counted.clock, takes] { clock.advance(takes); });
  }
  const LoopFigures figures = counted.iterate("callbacks of 1 s, 7 s and 2 s");
  EXPECT_STORY(counted.story, figures.longest_callback, 7s, "the longest one, not the last",
               Seen{aio::Clock::duration(2s), "the-last-is-the-longest"});
}

TEST(Step1_Observer, CountsTheLongestQueue) {
  Counted counted;
  for (int i = 0; i < 5; ++i) {
    counted.loop.call_soon([&loop = counted.loop] {
      loop.call_soon([] {});
      loop.call_soon([] {});
    });
  }
  LoopFigures figures =
      counted.iterate("five callbacks, each of which queues two for the next time");
  EXPECT_STORY(counted.story, figures.most_ready, 5u,
               "what is queued by callbacks waits for the next iteration",
               LooksLike{std::size_t{11}, "counts-the-queue-afterwards"},
               LooksLike{std::size_t{9}, "counts-before-each-callback"});
  figures = counted.iterate("ten callbacks");
  EXPECT_STORY(counted.story, figures.most_ready, 10u, "each iteration is looked at");
  counted.loop.call_soon([] {});
  figures = counted.iterate("one callback");
  EXPECT_STORY(counted.story, figures.most_ready, 10u, "the longest queue is kept",
               Seen{std::size_t{1}, "the-last-queue"});
}

TEST(Step1_Observer, CountsVisitsToTheKernel) {
  Counted counted;
  counted.loop.call_soon([] {});
  LoopFigures figures = counted.iterate("a callback is ready: the kernel could tell nothing");
  EXPECT_STORY(counted.story, figures.polls, 0u, "an iteration is not a poll");
  counted.loop.call_later(1s, [] {});
  figures = counted.iterate("nothing is ready: the loop sleeps");
  EXPECT_STORY(counted.story, figures.polls, 1u, "has_polled() is called once for each");
}

TEST(Step1_Observer, CountsTheTasksThatHaveNotFinished) {
  Counted counted;
  const auto nap = counted.loop.create_task(aio::sleep(1h));
  const auto other = counted.loop.create_task(aio::sleep(2h));
  counted.story.step("two tasks, which sleep");
  EXPECT_STORY(counted.story, counted.statistics.figures().tasks, 2u, "both are alive");
  counted.loop.run_until_complete(nap);
  counted.story.step("one of them has finished");
  EXPECT_STORY(counted.story, counted.statistics.figures().tasks, 1u, "one is alive");
}

TEST(Step1_Observer, LooksAtNothingThatHasGone) {
  Counted counted;
  auto big = std::make_shared<std::string>(1000, 'x');
  const std::weak_ptr<std::string> alive = big;
  counted.loop.call_soon([held = std::move(big)] {});
  counted.iterate("a callback that owns a string");
  EXPECT_STORY(counted.story, alive.expired(), true, "what has run is gone, and was not kept");
  EXPECT_STORY(counted.story, counted.statistics.figures().callbacks, 1u, "it counts all the same");
}

TEST(Step1_Observer, MayBeTwo) {
  Counted all;
  all.loop.call_soon([] {});
  all.iterate("one counts");
  {
    const LoopStatistics part(all.loop);
    all.loop.call_soon([] {});
    all.iterate("two count");
    EXPECT_STORY(all.story, part.figures().callbacks, 1u, "the second one has seen one callback");
    EXPECT_STORY(all.story, part.figures().iterations, 1u, "and one iteration");
  }
  all.loop.call_soon([] {});
  const LoopFigures figures = all.iterate("one counts again");
  EXPECT_STORY(all.story, figures.callbacks, 3u, "the first one has seen all");
}

TEST(Prometheus, GetsEachFigureWithItsTypeAndWhatItMeans) {
  LoopFigures figures;
  figures.iterations = 7;
  figures.asleep = 1500ms;
  const std::string text = aio::to_prometheus(figures);
  EXPECT_TRUE(
      text.starts_with("# HELP loopwright_iterations_total Iterations of the loop.\n"
                       "# TYPE loopwright_iterations_total counter\n"
                       "loopwright_iterations_total 7\n"))
      << text;
  EXPECT_NE(text.find("\nloopwright_asleep_seconds_total 1.5\n"), std::string::npos) << text;
}

}  // namespace
