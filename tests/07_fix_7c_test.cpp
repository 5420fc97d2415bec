// fix-7c: fire and forget. A job's exception stays in a handle that nobody ever looks at.

#include <chrono>
#include <exception>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/task.hpp>

#include "background.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::task);

aio::Coro<> saves(std::chrono::seconds delay) { co_await aio::sleep(delay); }
aio::Coro<> fails(std::chrono::seconds delay, std::string message) {
  co_await aio::sleep(delay);
  throw std::runtime_error(message);
}

aio::Coro<> says_when_cancelled(tests::Story& story, std::string what) {
  try {
    co_await aio::sleep(1h);
  } catch (const aio::CancelledError&) {
    story.ran(std::move(what));
    throw;
  }
}

/// A background, the story of what it tells, and `main` that runs with both on virtual time.
struct Office : tests::Stage {
  Background background{[this](const std::exception_ptr& failure) {
    story.ran("failed(" + aio::message_of(failure) + ")");
  }};

  void start(std::string name, aio::Coro<> job) {
    story.step("start(" + name + ")");
    background.start(std::move(job));
  }
  template <class Main>
  void run(Main main) {  // `main` lives as long as its coroutine
    Stage::run(within(main));
  }

 private:
  template <class Main>
  aio::Coro<> within(Main& main) {
    aio::running_loop().set_exception_handler([this](const aio::ExceptionContext& context) {
      story.ran("lost(" + aio::message_of(context.exception) + ")");
    });
    co_await main();
  }
};

TEST(Fix7c_Background, TellsThatAJobFailed) {
  Office office;
  office.run([&]() -> aio::Coro<> {
    office.start("A", fails(1s, "disk full"));
    office.start("B", saves(2s));
    co_await aio::sleep(3s);
  });
  EXPECT_STORY(office.story, office.story.order(), "failed(disk full)",
               "somebody has to look at how a job ended: who awaits it, or a done callback",
               Seen{"", "kept-and-never-looked-at"},
               Seen{"lost(disk full)", "dropped-with-its-failure"});
}

TEST(Fix7c_Background, TellsItAtOnce) {
  Office office;
  office.run([&]() -> aio::Coro<> {
    office.start("A", fails(1s, "disk full"));
    office.start("B", saves(10s));
    co_await aio::sleep(2s);
    office.story.step("2 s later");
    EXPECT_STORY(office.story, office.story.order(), "failed(disk full)",
                 "who fails at 1 s is told of at 1 s, while the others go on");
  });
}

TEST(Fix7c_Background, ForgetsWhatHasEnded) {
  Office office;
  office.run([&]() -> aio::Coro<> {
    office.start("A", fails(1s, "disk full"));
    office.start("B", saves(1s));
    office.start("C", saves(5s));
    EXPECT_STORY(office.story, office.background.running(), 3U,
                 "a job has ended, and none has yet");
    co_await aio::sleep(2s);
    office.story.step("2 s later");
    const std::string left = std::to_string(office.background.running()) + " running";
    EXPECT_STORY(office.story, left + ", " + office.story.order(), "1 running, failed(disk full)",
                 "handles of jobs that have ended pile up",
                 Seen{std::string("3 running, "), "kept-and-never-looked-at"},
                 Seen{std::string("3 running, failed(disk full)"), "ended-jobs-pile-up"});
  });
}

TEST(Fix7c_Background, KnowsWhoIsLeft) {
  Office office;
  office.run([&]() -> aio::Coro<> {
    office.start("A", saves(1s));
    office.start("B", saves(2s));
    office.start("C", says_when_cancelled(office.story, "C:cancelled"));
    co_await aio::sleep(2500ms);
    office.story.step("2.5 s later, when A and B have ended: cancel_all()");
    office.background.cancel_all();
    co_await aio::sleep(100ms);
    EXPECT_STORY(office.story, office.story.order(), "C:cancelled",
                 "C was not asked: the handle of another job is kept in its place",
                 tests::LooksLike{std::string(), "forgets-the-wrong-job"});
    EXPECT_STORY(office.story, office.background.running(), 0U,
                 "a job that was cancelled has ended, too: forget its handle before you look at "
                 "how it ended",
                 tests::LooksLike{1U, "keeps-cancelled-jobs"});
  });
}

TEST(Fix7c_Background, ACancelledJobHasNotFailed) {
  Office office;
  office.run([&]() -> aio::Coro<> {
    office.start("A", saves(1h));
    office.start("B", saves(1h));
    co_await aio::sleep(1s);
    office.story.step("cancel_all()");
    office.background.cancel_all();
    co_await aio::sleep(1s);
    EXPECT_STORY(office.story, office.background.running(), 0U,
                 "a job that was cancelled has ended, too: forget its handle before you look at "
                 "how it ended",
                 tests::LooksLike{2U, "keeps-cancelled-jobs"});
  });
  EXPECT_STORY(office.story, office.story.order(), "",
               "exception() of a cancelled task throws CancelledError; ask cancelled() first",
               Seen{"lost(CancelledError) lost(CancelledError)", "cancelled-taken-for-failed"});
}

TEST(Fix7c_Background, ASuccessIsNothingToTell) {
  Office office;
  office.run([&]() -> aio::Coro<> {
    office.start("A", saves(1s));
    co_await aio::sleep(2s);
  });
  EXPECT_STORY(office.story, office.story.order(), "",
               "on_failure is told of a job that has not failed: exception() of it is null");
}

TEST(Fix7c_Background, AFailureMayBeTriedAgain) {
  tests::Stage stage;
  int tries = 1;
  Background* again = nullptr;
  Background background([&](const std::exception_ptr& failure) {
    stage.said(aio::message_of(failure));
    if (++tries <= 3) again->start(fails(1s, "try" + std::to_string(tries)));
  });
  again = &background;
  const auto main = [&]() -> aio::Coro<> {
    background.start(fails(1s, "try1"));
    co_await aio::sleep(5s);
    EXPECT_STORY(stage.story, background.running(), 0U, "handles of jobs that have ended pile up");
  };
  stage.run(main());
  EXPECT_STORY(stage.story, stage.story.order(), "try1 try2 try3",
               "on_failure may start another job");
}

}  // namespace
