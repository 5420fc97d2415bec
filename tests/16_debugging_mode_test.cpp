// Lesson 16: debug mode.

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/debug.hpp>
#include <aio/task.hpp>

#include "support/debugged.hpp"
#include "support/iterations.hpp"
#include "support/stderr.hpp"
#include "support/virtual_loop.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::EventLoop, aio::Task, aio::create_task;
using tests::Debugged;

std::string here(int line) { return "16_debugging_mode_test.cpp:" + std::to_string(line); }

// EXC-06: with the name of the task, what it had waited for, and where it was made
TEST(DebugMode, TellsTheTaskOfASlowStep) {
  Debugged debugged;
  std::string made_at;
  debugged.run([](Debugged& on, std::string& place) -> Coro<> {
    auto works = [](Debugged& at) -> Coro<> {
      co_await aio::sleep(1s);
      at.clock.advance(150ms);
    };
    const Task<> task = create_task(works(on), "worker");
    place = here(__LINE__ - 1);
    co_await task;
  }(debugged, made_at));
  EXPECT_TRUE(debugged.warned({"slow: task worker, which waits for a sleep (made at " + made_at +
                               ") kept the loop busy for 150 ms"}));
}

[[gnu::noinline]] Coro<> works_slowly(Debugged& on) {
  co_await aio::sleep(1s);
  on.clock.advance(150ms);
}

TEST(DebugMode, TellsWhichAwaitASlowStepCameBehind) {
  Debugged debugged;
  debugged.run(
      [](Debugged& on) -> Coro<> { co_await create_task(works_slowly(on), "worker"); }(debugged));
  EXPECT_TRUE(debugged.warned(
      {"slow: task worker, ", "150 ms, after an await in ", "works_slowly(tests::Debugged&)"}));
}

TEST(DebugMode, TellsInTheTreeWhereEachTaskWaits) {
  Debugged debugged;
  const std::string tree = debugged.run([](Debugged& on) -> Coro<std::string> {
    const Task<> nap = create_task(works_slowly(on), "nap");
    co_await tests::iterations();
    std::string dumped = aio::dump_tasks();
    nap.cancel();
    co_return dumped;
  }(debugged));
  const std::size_t waits = tree.find("task nap, which waits for a sleep in ");
  const std::size_t place = tree.find("works_slowly(tests::Debugged&)");
  const std::size_t made = tree.find(" (made at 16_debugging_mode_test.cpp:", place);
  EXPECT_TRUE(waits < place && place < made && made != tree.npos) << tree;
}

/// Blocks until `stop`; whoever looks finds it in here.
[[gnu::noinline]] void blocking_helper(const std::atomic<std::uint64_t>& samples) {
  while (samples == 0) std::this_thread::sleep_for(1ms);
}

TEST(DebugMode, TellsWhichCallHasBlocked) {
  Debugged debugged(1ms);
  auto& watch = debugged.loop.attachment<aio::detail::Watch>();
  debugged.loop.call_soon([&] {
    blocking_helper(watch.samples());
    debugged.clock.advance(1s);  // on real time it would have passed
  });
  debugged.loop.run_once();
  EXPECT_TRUE(debugged.warned({"kept the loop busy for 1000 ms, in ", "blocking_helper("}));
}

[[gnu::noinline]] Coro<> forgotten_letter(std::string) { co_return; }

TEST(DebugMode, WritesNamesAsProgramsDo) {
  Debugged debugged;
  debugged.run([]() -> Coro<> {
    static_cast<void>(forgotten_letter("Anna"));
    co_return;
  }());
  EXPECT_TRUE(debugged.warned({"never awaited: ", "forgotten_letter(std::string)"}));
}

TEST(DebugMode, DoesNotBlameACallbackForTheTimeThatAReportTakes) {
  Debugged debugged;
  debugged.loop.set_warning_sink([&debugged](std::string_view text) {
    debugged.warnings.emplace_back(text);
    debugged.clock.advance(1s);
  });
  debugged.run([]() -> Coro<> {
    static_cast<void>(forgotten_letter("Anna"));
    co_return;
  }());
  EXPECT_TRUE(debugged.warned({"never awaited: "}));
}

TEST(DebugMode, SwitchedOffSaysNothing) {
  Debugged debugged;
  debugged.loop.set_debug(false);
  debugged.run([](Debugged& on) -> Coro<> {
    static_cast<void>([]() -> Coro<> { co_return; }());
    on.clock.advance(1s);
    co_return;
  }(debugged));
  EXPECT_EQ(debugged.warnings, std::vector<std::string>());
}

TEST(DebugMode, TellsWhereATaskWasMadeWhoseFailureNobodyWanted) {
  Debugged debugged;
  std::string reported, made_at;
  debugged.loop.set_exception_handler(
      [&reported](const aio::ExceptionContext& context) { reported = context.message; });
  debugged.run([](std::string& place) -> Coro<> {
    auto fails = []() -> Coro<> {
      throw std::runtime_error("boom");
      co_return;
    };
    create_task(fails(), "loser");
    place = here(__LINE__ - 1);
    co_await tests::iterations();
  }(made_at));
  EXPECT_EQ(reported,
            "the exception of a task loser (made at " + made_at + ") was never retrieved");
}

TEST(DebugMode, TellsWhatStillRanWhenRunEnded) {
  tests::Stderr written;
  aio::VirtualClock clock;
  EventLoop::Options options = tests::options(clock);
  options.debug = true;
  std::string made_at;
  aio::run(
      [](std::string& place) -> Coro<> {
        create_task([]() -> Coro<> { co_await aio::sleep(1h); }(), "straggler");
        place = here(__LINE__ - 1);
        co_await aio::sleep(1s);
      }(made_at),
      options);
  const std::string told = written.take();
  EXPECT_TRUE(told.starts_with("loopwright: run() has ended while these ran; they are cancelled:\n"
                               "  task straggler, which waits for a sleep in ") &&
              told.ends_with(" (made at " + made_at + ")\n"))
      << told;
}

TEST(DebugMode, ADeadlockTellsWhereTasksWereMade) {
  Debugged debugged;
  std::string made_at, message;
  try {
    debugged.run([](std::string& place) -> Coro<> {
      const Task<> stuck = create_task([]() -> Coro<> { co_await aio::Future<>(); }(), "stuck");
      place = here(__LINE__ - 1);
      co_await stuck;
    }(made_at));
  } catch (const aio::DeadlockError& error) {
    message = error.what();
  }
  const std::size_t stuck = message.find("\n    task stuck, which waits for a future in ");
  EXPECT_NE(message.find(" (made at " + made_at + ")", stuck), std::string::npos) << message;
}

}  // namespace
