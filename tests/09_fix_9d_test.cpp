// fix-9d: a timeout that leaves its task behind.

#include <chrono>
#include <optional>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "lookup.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::wait_for);

/// Work on a virtual clock, and what became of it.
struct Desk : tests::Stage {
  Coro<std::string> work(std::chrono::seconds time) {
    bool stopped = false;
    try {
      co_await aio::sleep(time);
    } catch (const CancelledError&) {
      stopped = true;
    }
    if (stopped) {
      co_await aio::sleep(100ms);  // cleans up
      story.ran("stopped");
      throw CancelledError();
    }
    story.ran("worked");
    co_return "answer";
  }
  Coro<std::string> fail() {
    co_await aio::sleep(1s);
    throw std::runtime_error("no such page");
  }
  Coro<> ask(std::chrono::seconds time) {
    const std::optional<std::string> answer = co_await answer_within(work(time), 2s);
    story.ran(answer ? *answer : "nothing");
    EXPECT_STORY(story, aio::all_tasks().size(), 1U, "the work goes on, and nobody waits for it");
    co_await aio::sleep(1h);
  }
};

TEST(Fix9d_Leak, WorkThatIsTooLateHasEnded) {
  Desk desk;
  desk.run(desk.ask(60s));
  EXPECT_STORY(desk.story, desk.story.order(), "stopped nothing",
               "the time was over, but the work was not stopped, or not waited for",
               Seen{"nothing stopped", "asked-but-not-waited-for"});
}

TEST(Fix9d_Leak, AnAnswerInTimeIsGiven) {
  Desk desk;
  desk.run(desk.ask(1s));
  EXPECT_STORY(desk.story, desk.story.order(), "worked answer", "the answer came in time");
}

TEST(Fix9d_Leak, AFailureIsThrownOn) {
  Desk desk;
  EXPECT_THROW(desk.run(answer_within(desk.fail(), 2s)), std::runtime_error)
      << "Likely cause: work that has failed is not the same as work that is late";
}

TEST(Fix9d_Leak, CancellingTheOneWhoWaitsStopsTheWork) {
  Desk desk;
  const auto main = [](Desk& d) -> Coro<> {
    const auto asking = aio::create_task(answer_within(d.work(60s), 10s));
    co_await aio::sleep(1s);
    asking.cancel();
    EXPECT_THROW(co_await asking, CancelledError)
        << "Likely cause: the request to stop has to come out as CancelledError";
    d.story.ran("cancelled");
    co_await aio::sleep(1h);
  };
  desk.run(main(desk));
  EXPECT_STORY(desk.story, desk.story.order(), "stopped cancelled",
               "the work goes on although the one who asked was cancelled",
               tests::LooksLike{"cancelled worked", "the-task-survives-a-cancel"});
}

/// How answer_within() ends, in a word.
std::string ending_of(Desk& desk, Coro<std::string> work, aio::Delay limit) {
  const auto main = [](Coro<std::string> doing, aio::Delay time) -> Coro<std::string> {
    try {
      const std::optional<std::string> answer = co_await answer_within(std::move(doing), time);
      co_return answer ? *answer : "nothing";
    } catch (const aio::TimeoutError&) {
      co_return "TimeoutError";
    }
  };
  return desk.run(main(std::move(work), limit));
}

TEST(Fix9d_Leak, ATimeLimitOfTheWorkIsAFailureOfTheWork) {
  Desk desk;
  const auto work = [](Desk& d) -> Coro<std::string> {
    d.story.step("the work asks somebody else, and gives them a second");
    co_return co_await aio::wait_for(d.work(60s), 1s);
  };
  EXPECT_STORY(desk.story, ending_of(desk, work(desk), 1h), "TimeoutError",
               "a TimeoutError comes from whichever limit has passed: yours, or one inside the "
               "work. Only expired() of your own Timeout tells",
               tests::LooksLike{std::string("nothing"), "every-timeout-is-its-own"});
}

TEST(Fix9d_Leak, AnAnswerThatComesTooLateIsNone) {
  Desk desk;
  const auto work = [](Desk& d) -> Coro<std::string> {
    try {
      co_await aio::sleep(60s);
    } catch (const CancelledError&) {
      d.story.step("the work is told to stop, and answers");
    }
    co_return "too late";
  };
  EXPECT_STORY(desk.story, ending_of(desk, work(desk), 2s), "nothing",
               "work may catch CancelledError, and give an answer after the limit",
               tests::LooksLike{std::string("too late"), "a-late-answer-is-an-answer"});
}

struct Cancelled : tests::CancelScene {
  Coro<> play() override { co_await answer_within(work("work", 60s), 30s); }
};

TEST(Fix9d_Leak, TheWorkHasEndedWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("the work goes on after answer_within() has thrown");
}

}  // namespace
