// use-11d: jobs in the background, and their results.

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/future.hpp>
#include <aio/queue.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

#include "jobs.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::Future;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::queue);

/// Jobs that tell when they begin and end, on virtual time.
struct Scene : tests::Stage {
  int at_work = 0, most_at_work = 0;

  Job job(std::string name, aio::Delay takes = 1s) {
    return [this, name, takes] { return do_it(name, takes); };
  }
  Coro<std::string> do_it(std::string name, aio::Delay takes) {
    story.ran(name);
    most_at_work = std::max(most_at_work, ++at_work);
    co_await aio::sleep(takes);
    --at_work;
    if (name == "bad") throw std::runtime_error("it went wrong");
    co_return name + " is done";
  }
};

/// How a result ended: what it is, what went wrong, or that nothing came.
std::string end_of(const Future<std::string>& result) {
  if (!result.done()) return "nothing came";
  if (result.cancelled()) return "cancelled";
  if (const auto failure = result.exception()) return aio::message_of(failure);
  return result.result();
}

/// Runs a scene; a deadlock is an end as well.
void play(Scene& scene, Coro<> (*body)(Scene&)) {
  try {
    scene.run(body(scene));
  } catch (const aio::DeadlockError& error) {
    ADD_FAILURE() << error.what()
                  << "\nLikely cause: the workers wait for a job that cannot come any more: stop() "
                     "shuts the queue down, and waits for them";
  }
}

TEST(Use11d_Jobs, ResultsComeInTheirFutures) {
  Scene scene;
  play(scene, [](Scene& s) -> Coro<> {
    JobRunner runner(2);
    const auto a = runner.submit(s.job("A"));
    const auto b = runner.submit(s.job("B"));
    EXPECT_STORY(s.story, a.done(), false, "submit() only queues");
    co_await aio::sleep(1h);
    EXPECT_STORY(s.story, end_of(a), "A is done",
                 "no worker does the job, or its result does not go into the job's future");
    EXPECT_STORY(s.story, end_of(b), "B is done",
                 "no worker does the job, or its result does not go into the job's future");
    co_await runner.stop();
  });
}

TEST(Use11d_Jobs, AWorkerWithoutWorkWaitsForMore) {
  Scene scene;
  play(scene, [](Scene& s) -> Coro<> {
    JobRunner runner(2);
    co_await aio::sleep(1h);
    const auto a = runner.submit(s.job("A"));
    co_await aio::sleep(1h);
    const auto b = runner.submit(s.job("B"));
    co_await aio::sleep(1h);
    EXPECT_STORY(s.story, end_of(a), "A is done", "there was nothing to do at first; then there is",
                 Seen{"nothing came", "no-work-means-the-end"});
    EXPECT_STORY(s.story, end_of(b), "B is done", "after a job, the worker waits for the next");
    co_await runner.stop();
  });
}

TEST(Use11d_Jobs, AFewAtATimeInTheOrderInWhichTheyCome) {
  Scene scene;
  play(scene, [](Scene& s) -> Coro<> {
    JobRunner runner(2);
    for (const char* name : {"A", "B", "C", "D", "E"}) runner.submit(s.job(name));
    co_await runner.stop();
  });
  EXPECT_STORY(scene.story, scene.story.order(), "A B C D E",
               scene.story.order().size() < 9
                   ? "stop() drops jobs that are queued: it takes no more, does those that are "
                     "there, and waits until the workers have ended by themselves"
                   : "the jobs are not done in the order in which they came");
  EXPECT_STORY(scene.story, scene.most_at_work, 2, "as many at once as there are workers");
}

TEST(Use11d_Jobs, AFailureIsAResultAndTheWorkerGoesOn) {
  Scene scene;
  play(scene, [](Scene& s) -> Coro<> {
    JobRunner runner(1);
    const auto bad = runner.submit(s.job("bad"));
    const auto good = runner.submit(s.job("good"));
    co_await aio::sleep(1h);
    EXPECT_STORY(s.story, end_of(bad), "it went wrong",
                 "what the job throws does not go into its future, so whoever waits for it hears "
                 "nothing");
    EXPECT_STORY(s.story, end_of(good), "good is done", "the worker takes the next job",
                 Seen{"nothing came", "a-failure-ends-the-worker"});
    if (good.done()) co_await runner.stop();
  });
}

TEST(Use11d_Jobs, AJobThatNobodyWantsIsSkipped) {
  Scene scene;
  play(scene, [](Scene& s) -> Coro<> {
    JobRunner runner(1);
    runner.submit(s.job("A"));
    const auto b = runner.submit(s.job("B"));
    const auto c = runner.submit(s.job("C"));
    co_await aio::sleep(500ms);
    b.cancel();
    co_await runner.stop();
    EXPECT_STORY(s.story, end_of(c), "C is done", "the next one has its turn");
  });
  EXPECT_STORY(scene.story, scene.story.order(), "A C",
               "its future was cancelled before its turn: there is nobody to do it for",
               Seen{"A B C", "works-for-nobody"});
}

TEST(Use11d_Jobs, AResultThatNobodyWantsIsDropped) {
  Scene scene;
  play(scene, [](Scene& s) -> Coro<> {
    JobRunner runner(1);
    const auto a = runner.submit(s.job("A"));
    const auto bad = runner.submit(s.job("bad"));
    const auto c = runner.submit(s.job("C"));
    co_await aio::sleep(500ms);
    a.cancel();
    co_await aio::sleep(1s);
    bad.cancel();
    co_await aio::sleep(1h);
    EXPECT_STORY(
        s.story, end_of(c), "C is done",
        "a future that is cancelled takes no result; setting one throws, and that must not "
        "end the worker",
        tests::LooksLike{"nothing came", "delivers-to-nobody"});
    if (c.done()) co_await runner.stop();
  });
}

TEST(Use11d_Jobs, AJobThatIsCancelledInsideIsACancelledResult) {
  Scene scene;
  play(scene, [](Scene& s) -> Coro<> {
    JobRunner runner(1);
    const Future<std::string> inner;
    const auto a = runner.submit([inner]() -> Coro<std::string> {
      const Future<std::string> kept = inner;
      co_return co_await kept;
    });
    const auto b = runner.submit(s.job("B"));
    co_await aio::sleep(0s);
    co_await aio::sleep(0s);
    inner.cancel();
    co_await aio::sleep(1h);
    EXPECT_STORY(s.story, end_of(a), "cancelled",
                 "a job that ends with CancelledError has a result, too: its future is cancelled");
    EXPECT_STORY(s.story, end_of(b), "B is done", "nobody has cancelled the worker",
                 Seen{"nothing came", "a-cancelled-job-ends-the-worker"});
    if (b.done()) co_await runner.stop();
  });
}

TEST(Use11d_Jobs, AWorkerThatIsCancelledEnds) {
  Scene scene;
  play(scene, [](Scene& s) -> Coro<> {
    JobRunner runner(1);
    runner.submit(s.job("A", 1h));
    runner.submit(s.job("B"));
    co_await aio::sleep(1s);
    const aio::TaskRef self = aio::current_task();
    for (const aio::TaskRef& task : aio::all_tasks()) {
      if (task != self) task.cancel();
    }
    co_await aio::sleep(1h);
    EXPECT_STORY(s.story, aio::all_tasks().size(), std::size_t{1},
                 "the worker itself was asked to stop, in the middle of A",
                 Seen{std::size_t{2}, "the-worker-cannot-be-stopped"});
  });
  EXPECT_STORY(scene.story, scene.story.order(), "A", "a worker that ends begins nothing more");
}

TEST(Use11d_Jobs, StopDoesWhatIsQueuedAndTakesNothingMore) {
  Scene scene;
  play(scene, [](Scene& s) -> Coro<> {
    JobRunner runner(2);
    std::vector<Future<std::string>> results;
    for (const char* name : {"A", "B", "C"}) results.push_back(runner.submit(s.job(name)));
    co_await runner.stop();
    EXPECT_STORY(s.story, end_of(results.at(2)), "C is done", "stop() waits for what is queued",
                 Seen{"nothing came", "stops-at-once"});
    EXPECT_THROW(runner.submit(s.job("D")), aio::QueueShutDown)
        << "Likely cause: a runner that was stopped takes no more jobs";
  });
}

/// Three jobs and two workers; stop() is cancelled.
struct Cancelled : tests::CancelScene {
  JobRunner* runner = nullptr;
  std::vector<Future<std::string>> results{};

  Coro<> play() override { co_await runner->stop(); }
  Coro<> world(Coro<> playing) override {
    {
      JobRunner two(2);
      runner = &two;
      for (const char* name : {"A", "B", "C"}) {
        results.push_back(two.submit([this, name] { return work(name); }));
      }
      co_await std::move(playing);
      co_await two.stop();  // again: there is nothing left to do
    }
    for (const Future<std::string>& result : results) {
      EXPECT_STORY(story, result.done(), true, "whoever waits for this job will wait for ever");
      if (result.done() && !result.cancelled()) (void)result.exception();
    }
  }
  Tasks tasks() const override { return Tasks::others; }
};

TEST(Use11d_Jobs, WorkersAndJobsHaveEndedWheneverStopIsCancelled) {
  tests::cancel_anywhere<Cancelled>(
      "stop() has ended before its workers: the runner goes, and they still use it");
}

TEST(Use11d_Jobs, WhateverAJobThrowsIsItsResult) {
  Scene scene;
  play(scene, [](Scene& s) -> Coro<> {
    JobRunner runner(1);
    const auto odd = runner.submit([]() -> Coro<std::string> {
      throw 7;
      co_return "";
    });
    const auto good = runner.submit(s.job("good"));
    co_await aio::sleep(1h);
    EXPECT_STORY(s.story, end_of(odd), "an exception that is no std::exception",
                 "a job may throw what is no std::exception");
    EXPECT_STORY(s.story, end_of(good), "good is done", "the worker takes the next job",
                 tests::LooksLike{"nothing came", "a-failure-ends-the-worker"});
    if (good.done()) co_await runner.stop();
  });
}

}  // namespace
