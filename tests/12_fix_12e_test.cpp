// fix-12e: a task that never has to wait.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>

#include "ledger.hpp"
#include "pair.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/error_of.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/whose.hpp"

namespace {

using aio::Coro, aio::Stream;
using tests::iterations;

const auto compiled = tests::compiled_from(aio::layers::stream);

constexpr int lines = 20'000;  // in the kernel's buffer all at once
constexpr std::size_t budget = 500;

/// "1\n" so many times, and the end of the stream.
void fill(Stream& out) {
  std::string text;
  for (int i = 0; i < lines; ++i) text += "1\n";
  out.write(text);
  out.write_eof();
}

/// Counts its turns for as long as it is not cancelled.
Coro<> heartbeat(int& beats) {
  for (;;) {
    ++beats;
    co_await iterations(1);
  }
}

struct Outcome {
  long sum = 0;
  int beats = 0;
};

/// What add_up() gives, and how many turns a heartbeat has beside it.
Coro<Outcome> beside_a_heartbeat(std::size_t most) {
  auto [here, there] = wire::pair();
  fill(here);
  Outcome outcome;
  const auto heart = aio::create_task(heartbeat(outcome.beats));
  outcome.sum = co_await add_up(there, most);
  heart.cancel();
  co_return outcome;
}

const char* word_for(int beats) {
  constexpr int turns = lines / int(budget);
  if (beats < turns / 2) return "hardly ever";
  return beats > turns * 4 ? "all the time" : "now and then";
}

TEST(Fix12e_Budget, OthersHaveATurnHoweverFastTheLinesCome) {
  tests::Story story;
  story.step("20,000 lines are there already; a heartbeat wants to beat meanwhile");
  const tests::Suspicion suspicion(
      "a pause that takes time lasts for ever here: time is virtual, and stands still while others "
      "are ready. Letting them go first takes no time");
  const Outcome outcome = tests::run_virtual(beside_a_heartbeat(budget));
  story.step("the heart has beaten " + std::to_string(outcome.beats) +
             " times; with a budget of 500 lines there is room for 40");
  const std::string others = word_for(outcome.beats);
  EXPECT_STORY(
      story, others, "now and then",
      "a read that finds its line in the buffer does not wait, so the task never pauses; "
      "count the lines, let the others go first when the budget is used up, and count anew",
      tests::LooksLike{std::string("all the time"), "a-turn-after-every-line"},
      tests::LooksLike{std::string("hardly ever"), "waits-are-taken-for-granted"});
  EXPECT_STORY(story, outcome.sum, lines,
               "a line is lost, or counted twice, when the others have their turn");
}

TEST(Fix12e_Budget, IsNotTheSameForEverybody) {
  tests::Story story;
  story.step("a budget of 50 lines");
  const int often = tests::run_virtual(beside_a_heartbeat(50)).beats;
  story.step("a budget of 5,000 lines");
  const int seldom = tests::run_virtual(beside_a_heartbeat(5'000)).beats;
  EXPECT_STORY(story, often > 10 * std::max(seldom, 1), true, "the budget is the caller's choice");
}

TEST(Fix12e_Budget, IsNeverExceeded) {
  tests::Story story;
  story.step("20,000 lines are there already, and the budget is 2 lines");
  const int beats = tests::run_virtual(beside_a_heartbeat(2)).beats;
  const std::string turns = beats < lines / 2 ? "after more than 2" : "after 2 at the latest";
  EXPECT_STORY(story, turns, "after 2 at the latest",
               "the line that uses up the budget counts, too: after it the others go first",
               tests::LooksLike{std::string("after more than 2"), "one-line-more"});
}

TEST(Fix12e_Budget, TheSumIsRightWithoutAHeartbeat) {
  tests::run_virtual([]() -> Coro<> {
    auto [here, there] = wire::pair();
    here.write("1\n20\n-3\n400");
    here.write_eof();
    EXPECT_EQ(co_await add_up(there, 2), 418)
        << "Likely cause: the last line may end without its mark, and a number may be negative";
  }());
}

TEST(Fix12e_Budget, ALineThatIsNoNumberIsAnError) {
  tests::run_virtual([]() -> Coro<> {
    auto [here, there] = wire::pair();
    here.write("1\ntwo\n3\n");
    bool refused = false;
    try {
      (void)co_await add_up(there, 1);
    } catch (const std::invalid_argument&) {
      refused = true;
    }
    EXPECT_TRUE(refused) << "Likely cause: a line that is no number must not count as 0";
  }());
}

TEST(Fix12e_Budget, AReadThatFailsIsThrownOn) {
  tests::run_virtual(
      []() -> Coro<> {
        auto [here, there] = wire::pair();
        here.write("1\n2\n");
        there.write("nobody reads this");
        co_await iterations();
        here.close();  // with unread bytes in it: the other side's read fails
        const int error = co_await tests::error_of(add_up(there, budget));
        EXPECT_EQ(error, ECONNRESET)
            << "Likely cause: a connection that has failed is taken for one that has ended";
      }());
}

/// Three numbers come, a second apart.
struct Cancelled : tests::CancelScene {
  Stream* numbers = nullptr;

  Coro<> play() override { co_await add_up(*numbers, 1); }
  Coro<> world(Coro<> playing) override {
    auto [here, there] = wire::pair();
    numbers = &there;
    const auto feeding = aio::create_task(feed(here));
    co_await std::move(playing);
    co_await feeding;
  }
  static Coro<> feed(Stream& out) {
    for (const char* line : {"1\n", "2\n", "3\n"}) {
      out.write(line);
      co_await aio::sleep(std::chrono::seconds(1));
    }
    out.close();
  }
  Tasks tasks() const override { return Tasks::others; }
};

TEST(Fix12e_Budget, EndsWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>(
      "a turn for the others is a wait like any other: CancelledError "
      "comes out of it, and passes through");
}

}  // namespace
