// use-7d: a heartbeat in the background, which ends when the work ends, however that happens.

#include <chrono>
#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "heartbeat.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::task);

/// Work, heart and story on one virtual clock.
struct Patient : tests::Stage {
  std::string beats{};  // "1 s, 2 s, "

  std::function<void()> beat() {
    return [this] {
      story.step("beat");
      beats += time() + ", ";
    };
  }
  Coro<std::string> work(std::chrono::milliseconds takes) {
    story.step("the work begins");
    co_await aio::sleep(takes);
    story.step("the work ends");
    co_return "ready";
  }
  Coro<std::string> fails(std::chrono::milliseconds takes) {
    co_await aio::sleep(takes);
    story.step("the work fails");
    throw std::runtime_error("boom");
  }
  Coro<std::string> with_beats(Coro<std::string> work) {
    return with_heartbeat(std::move(work), 1s, beat());
  }
  /// Tells how many tasks are left an iteration after the work, and three seconds after it.
  Coro<> afterwards() {
    const auto left = [] { return std::to_string(aio::all_tasks().size() - 1); };
    co_await aio::sleep(0s);
    const std::string at_once = left() + " left at once, ";
    co_await aio::sleep(3s);
    story.step("three seconds after the work");
    EXPECT_STORY(story, at_once + left() + " later", "0 left at once, 0 later",
                 "the heart does not end with the work",
                 tests::LooksLike{"1 left at once, 1 later", "beats-on-after-the-work"},
                 Seen{"1 left at once, 0 later", "a-flag-for-a-sleeper"});
  }
};

TEST(Use7d_Heartbeat, BeatsWhileTheWorkGoesOn) {
  Patient patient;
  const std::string result = patient.run(patient.with_beats(patient.work(3500ms)));
  EXPECT_STORY(patient.story, patient.beats, "1 s, 2 s, 3 s, ",
               "the heart is a task of its own; it sleeps for a period before each beat",
               Seen{std::string(), "a-heart-that-nobody-starts"},
               Seen{std::string("0 ms, 1 s, 2 s, 3 s, "), "beats-before-the-first-period"});
  EXPECT_STORY(patient.story, result, "ready", "the work's result is the result");
  EXPECT_STORY(patient.story, patient.time(), "3500 ms",
               "with_heartbeat() ends with the work, and not with the next beat");
}

TEST(Use7d_Heartbeat, ShortWorkNeedsNoBeat) {
  Patient patient;
  const std::string result = patient.run(patient.with_beats(patient.work(10ms)));
  EXPECT_STORY(patient.story, result, "ready", "the work's result is the result");
  EXPECT_STORY(patient.story, patient.beats, "",
               "the first beat comes when one period has passed, and the work took less",
               tests::LooksLike{std::string("0 ms, "), "beats-before-the-first-period"});
  EXPECT_STORY(patient.story, patient.time(), "10 ms",
               "with_heartbeat() ends with the work, and not with the next beat");
}

TEST(Use7d_Heartbeat, StopsWhenTheWorkIsDone) {
  Patient patient;
  const auto main = [&]() -> Coro<> {
    co_await patient.with_beats(patient.work(1500ms));
    co_await patient.afterwards();
  };
  patient.run(main());
  EXPECT_STORY(patient.story, patient.beats, "1 s, ", "the heart beats on after the work");
}

TEST(Use7d_Heartbeat, StopsWhenTheWorkFails) {
  Patient patient;
  const auto main = [&]() -> Coro<> {
    try {
      co_await patient.with_beats(patient.fails(1500ms));
    } catch (const std::runtime_error& error) {
      patient.story.ran(error.what());
    }
    co_await patient.afterwards();
  };
  patient.run(main());
  EXPECT_STORY(patient.story, patient.story.order(), "boom", "the work's exception passes through");
  EXPECT_STORY(patient.story, patient.beats, "1 s, ",
               "an exception jumps over what stands below the await; a destructor stops the heart",
               tests::LooksLike{std::string("1 s, 2 s, 3 s, 4 s, "), "beats-on-after-a-failure"});
}

TEST(Use7d_Heartbeat, StopsWhenItIsCancelled) {
  Patient patient;
  const auto main = [&]() -> Coro<> {
    const auto task = aio::create_task(patient.with_beats(patient.work(1h)));
    co_await aio::sleep(1500ms);
    patient.story.step("cancel()");
    task.cancel();
    co_await aio::sleep(0s);
    co_await aio::sleep(0s);
    EXPECT_STORY(patient.story, task.done() && task.cancelled(), true,
                 "CancelledError must pass through: the caller wants the work to end",
                 Seen{false, "swallows-the-request"});
    co_await patient.afterwards();
  };
  patient.run(main());
  EXPECT_STORY(patient.story, patient.beats, "1 s, ", "the heart beats on",
               tests::LooksLike{std::string("1 s, 2 s, 3 s, 4 s, "), "beats-on-after-a-failure"});
}

TEST(Use7d_Heartbeat, TheWorkIsPartOfTheCaller) {
  Patient patient;
  const auto main = [&]() -> Coro<> {
    const auto task = aio::create_task(patient.with_beats(patient.work(10s)));
    co_await aio::sleep(1s);
    EXPECT_STORY(patient.story, aio::all_tasks().size(), 3U,
                 "main, the work and the heart: three tasks, and no more");
    co_await task;
  };
  patient.run(main());
}

TEST(Use7d_Heartbeat, ABrokenHeartDoesNotStopTheWork) {
  Patient patient;
  const auto main = [&]() -> Coro<std::string> {
    aio::running_loop().set_exception_handler([&](const aio::ExceptionContext& context) {
      patient.story.ran(aio::message_of(context.exception));
    });
    std::function<void()> breaks = [] { throw std::runtime_error("no power"); };
    std::string result = co_await with_heartbeat(patient.work(3s), 1s, breaks);
    co_return result;
  };
  patient.story.step("work of 3 s; what beats at 1 s throws");
  EXPECT_STORY(patient.story, patient.run(main()), "ready",
               "the heart is a task of its own, so its failure is no failure of the work");
}

TEST(Use7d_Heartbeat, ALoopMayCloseMeanwhile) {
  Patient patient;
  aio::EventLoop loop(tests::options(patient.clock));
  const auto task = aio::create_task_on(loop, patient.with_beats(patient.work(1h)));
  loop.run_once();
  loop.run_once();
  patient.story.step("the loop is closed, in the middle of the work");
  loop.close();
  EXPECT_STORY(patient.story, task.done(), true, "a closed loop ends every task");
}

/// Work with a heart that beats meanwhile.
struct Cancelled : tests::CancelScene {
  Coro<> play() override {
    co_await with_heartbeat(work("work", 3s), 1s, [this] { story.step("beat"); });
  }
  Tasks tasks() const override { return Tasks::told_to_stop; }
};

TEST(Use7d_Heartbeat, TheHeartStopsWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("the heart beats on");
}

}  // namespace
