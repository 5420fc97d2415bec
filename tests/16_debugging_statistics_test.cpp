// Lesson 16: what a loop has done, in numbers.

#include <chrono>
#include <string>

#include <gtest/gtest.h>
#include <aio/debug.hpp>
#include <aio/task.hpp>

#include "support/virtual_loop.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::LoopFigures, aio::LoopStatistics;

TEST(Statistics, CountIterationsAndPolls) {
  tests::VirtualLoop virtual_loop;
  auto& [clock, loop, story] = virtual_loop;
  loop.call_soon([] {});
  loop.run_once();  // before it counts
  const LoopStatistics statistics(loop);
  for (int i = 0; i < 3; ++i) {
    loop.call_soon([] {});
    loop.run_once();
  }
  EXPECT_EQ(statistics.figures().iterations, 3);
  EXPECT_EQ(statistics.figures().callbacks, 3);
  EXPECT_EQ(statistics.figures().polls, 0) << "the kernel could tell nothing";
  loop.call_later(1s, [] {});
  loop.run_once();
  EXPECT_EQ(statistics.figures().polls, 1);
}

TEST(Statistics, TellSleepFromWork) {
  tests::VirtualLoop virtual_loop;
  auto& [clock, loop, story] = virtual_loop;
  const LoopStatistics statistics(loop);
  loop.call_later(10s, [&clock] { clock.advance(2s); });
  loop.call_later(20s, [&clock] { clock.advance(3s); });
  loop.run_once();
  loop.run_once();
  const LoopFigures figures = statistics.figures();
  EXPECT_EQ(figures.asleep, 10s + 8s);
  EXPECT_EQ(figures.in_callbacks, 5s);
  EXPECT_EQ(figures.longest_callback, 3s);
}

TEST(Statistics, CountTheLongestQueueAndTheTasks) {
  tests::VirtualLoop virtual_loop;
  auto& [clock, loop, story] = virtual_loop;
  const LoopStatistics statistics(loop);
  for (int i = 0; i < 5; ++i) loop.call_soon([] {});
  loop.run_once();
  loop.call_soon([] {});
  loop.run_once();
  EXPECT_EQ(statistics.figures().most_ready, 5);
  const auto nap = loop.create_task(aio::sleep(1h));
  EXPECT_EQ(statistics.figures().tasks, 1);
  loop.run_until_complete(nap);
  EXPECT_EQ(statistics.figures().tasks, 0);
}

TEST(Statistics, MayBeTakenTwiceAtOnce) {
  tests::VirtualLoop virtual_loop;
  auto& [clock, loop, story] = virtual_loop;
  const LoopStatistics all(loop);
  loop.call_soon([] {});
  loop.run_once();
  {
    const LoopStatistics part(loop);
    loop.call_soon([] {});
    loop.run_once();
    EXPECT_EQ(part.figures().callbacks, 1);
  }
  loop.call_soon([] {});
  loop.run_once();
  EXPECT_EQ(all.figures().callbacks, 3);
}

TEST(Statistics, AreTextForPrometheus) {
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
