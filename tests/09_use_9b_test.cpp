// use-9b: try again, with pauses that grow and differ.

#include <chrono>
#include <exception>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/todo.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "flaky.hpp"
#include "retry.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::wait_for);

/// A server on virtual time that fails as it is told: 'f' fails, 'x' throws something that is no
/// std::exception, 'h' hangs, 'k' is good.
struct Flaky : tests::Stage {
  std::string plan;
  std::size_t asked = 0;
  std::vector<std::chrono::nanoseconds> times{};
  std::mt19937 random{7};

  explicit Flaky(std::string behaviour) : plan(std::move(behaviour)) {}
  Coro<std::string> answer() {
    times.push_back(clock.now().time_since_epoch());
    const char now = plan.at(asked++);
    story.ran(std::string(1, now));
    if (now == 'h') co_await aio::sleep(1h);
    if (now == 'x') throw 7;
    if (now == 'f') throw std::runtime_error("failure " + std::to_string(asked));
    co_return "good";
  }
  Coro<std::string> ask(Backoff backoff) {
    co_return co_await retry([this] { return answer(); }, backoff, random);
  }
  std::chrono::nanoseconds pause(std::size_t i) const { return times.at(i + 1) - times.at(i); }
};

TEST(Use9b_Retry, TriesAgainAfterAFailure) {
  Flaky server("fxk");
  std::string answer = "nothing";
  try {
    answer = server.run(server.ask({}));
  } catch (const aio::Todo&) {
    throw;
  } catch (...) {
    server.story.step("retry() throws: " + aio::message_of(std::current_exception()));
  }
  EXPECT_STORY(server.story, server.story.order(), "f x k",
               "a try that throws is tried again, whatever it throws; a success is not",
               Seen{"f x", "only-some-failures-are-tried-again"});
  EXPECT_STORY(server.story, answer, "good",
               "the result of the try that succeeds is what retry() returns");
}

TEST(Use9b_Retry, ThrowsTheLastFailureAtOnce) {
  Flaky server("fffk");
  try {
    server.run(server.ask({.tries = 3}));
    ADD_FAILURE() << "Expected: three tries are made, and the failure of the third is thrown on\n"
                  << "Happened: " << server.times.size() << " tries, and nothing was thrown\n"
                  << "Likely cause: `tries` counts all of them, and nothing catches the last one";
  } catch (const std::runtime_error& error) {
    EXPECT_STORY(server.story, std::string(error.what()), "failure 3",
                 "of several failures the last one is thrown on");
    const bool at_once = server.clock.now().time_since_epoch() == server.times.back();
    EXPECT_STORY(server.story, at_once, true, "after the last try there is nothing to pause for",
                 Seen{false, "pauses-after-the-last-try"});
  }
}

TEST(Use9b_Retry, ATryHasItsOwnTime) {
  Flaky server("hk");
  EXPECT_STORY(server.story, server.run(server.ask({})), "good",
               "a try that is late has failed, and is tried again");
  const bool in_time = server.clock.now().time_since_epoch() < 2s;
  EXPECT_STORY(server.story, in_time, true,
               "each try needs a limit of its own, `per_try`: this one hangs for an hour",
               Seen{false, "one-try-hangs-for-ever"});
}

TEST(Use9b_Retry, PausesGrowAndStopGrowing) {
  Flaky server("ffffffk");
  server.run(server.ask({.tries = 7, .longest_pause = 800ms}));
  const std::chrono::nanoseconds whole[] = {100ms, 200ms, 400ms, 800ms, 800ms, 800ms};
  for (std::size_t i = 0; i < 6; ++i) {
    const bool fits = server.pause(i) >= whole[i] / 2 && server.pause(i) <= whole[i];
    const std::string range = tests::to_text(whole[i] / 2) + " to " + tests::to_text(whole[i]);
    const std::string its_pause = fits ? range : tests::to_text(server.pause(i));
    server.story.step("now to the pause after failure " + std::to_string(i + 1));
    ASSERT_STORY(server.story, its_pause, range,
                 "the whole pause doubles, up to the longest, and chance takes a part of each, "
                 "between half and all: the part must not become the base of the next, and the "
                 "longest is a limit for all");
  }
}

TEST(Use9b_Retry, TheFirstPauseIsNotLongerThanTheLongest) {
  Flaky server("fk");
  server.run(server.ask({.first_pause = 1h, .longest_pause = 1s}));
  const bool short_enough = server.pause(0) <= 1s;
  EXPECT_STORY(server.story, short_enough, true, "the longest pause is a limit for the first, too");
}

TEST(Use9b_Retry, PausesDiffer) {
  Flaky one("ffk"), other("ffk");
  other.random.seed(8);
  one.run(one.ask({}));
  other.run(other.ask({}));
  const bool they_differ = one.pause(0) != other.pause(0);
  EXPECT_STORY(one.story, they_differ, true,
               "without jitter all clients come back at the same moment",
               Seen{false, "everybody-comes-back-together"});
}

TEST(Use9b_Retry, ACancelledRetryDoesNotTryAgain) {
  Flaky server("hkkkk");
  const auto main = [](Flaky& s) -> Coro<> {
    const auto asking = aio::create_task(s.ask({}));
    co_await aio::sleep(500ms);
    asking.cancel();
    EXPECT_THROW(co_await asking, CancelledError)
        << "Likely cause: the request to stop has to come out as CancelledError";
  };
  server.run(main(server));
  EXPECT_STORY(server.story, server.story.order(), "h",
               "CancelledError was taken for a failure, and tried again",
               Seen{"h k", "tries-again-after-a-cancel"});
}

TEST(Use9b_Retry, GetsThroughToAServerThatHangsUpAndHangs) {  // real sockets, real time
  const auto main = []() -> Coro<> {
    FlakyServer server("fhfk");
    std::mt19937 random(7);
    const Backoff backoff{.per_try = 100ms, .first_pause = 1ms};
    const std::string answer = co_await retry([&server] { return server.ask(); }, backoff, random);
    EXPECT_EQ(answer, "good") << "Likely cause: the fourth try succeeds";
    EXPECT_EQ(server.asked(), 4U) << "Likely cause: a failure, a silence and a second failure are "
                                     "tried again, a success is not";
  };
  try {
    aio::run(aio::wait_for(main(), 3s));
  } catch (const aio::TimeoutError&) {
    ADD_FAILURE() << "After 3 s it still waits for a server that keeps silent.";
  }
}

/// The first try fails, the second takes longer than it may.
struct Cancelled : tests::CancelScene {
  std::mt19937 random{7};

  Coro<> play() override {
    co_await retry([this, tries = 0]() mutable { return attempt(++tries); }, {}, random);
  }
  Coro<std::string> attempt(int number) {
    if (number == 1) throw std::runtime_error("the first");
    co_return co_await work("try " + std::to_string(number), number == 2 ? 1h : 500ms);
  }
};

TEST(Use9b_Retry, NothingIsTriedAfterACancelWheneverItComes) {
  tests::cancel_anywhere<Cancelled>("a retry that was cancelled is not over");
}

}  // namespace
