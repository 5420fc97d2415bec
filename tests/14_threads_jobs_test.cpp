// Lesson 14, step 2: the states of a job, told without a pool. A thread of these tests has ended
// when the loop goes on, so each test has one order.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/future.hpp>
#include <aio/sleep.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "support/elsewhere.hpp"
#include "support/reports.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Future, aio::detail::Job, aio::detail::LoopDoor;
using tests::elsewhere, tests::LooksLike, tests::Seen, tests::Story;

const auto compiled = tests::compiled_from(aio::layers::threads);

/// Counts how often it is done. What happens `meanwhile`, happens on the thread that does it.
class Counted final : public Job {
 public:
  explicit Counted(std::shared_ptr<LoopDoor> door) : Job(std::move(door)) {}
  std::function<void()> meanwhile = [] {};
  int times = 0;

 private:
  void work() noexcept override {
    ++times;
    meanwhile();
  }
};

std::shared_ptr<Counted> make_job() { return std::make_shared<Counted>(LoopDoor::here()); }

/// A thread does it, and has ended when this returns. It keeps nothing of the job.
void carry_out(Story& story, std::shared_ptr<Job> job) {
  story.step("a thread carries the job out");
  std::string told = "nothing was thrown";
  try {
    elsewhere([&job] { Job::carry_out(std::move(job)); });
  } catch (const aio::InvalidStateError& error) {
    told = error.what();
  }
  EXPECT_STORY(story, told, "nothing was thrown",
               "a future belongs to the loop's thread: hand_back() sends the job to the loop, and "
               "run() sets the result there",
               Seen{tests::wrong_thread("set_result"), "set-by-the-thread"});
}

/// Lets the loop look into its mailbox, and run what it finds.
Coro<> go_on(Story& story) {
  story.step("the loop goes on");
  for (int turn = 0; turn < 3; ++turn) co_await aio::sleep(0s);
}

// ── step 14.2: the states of a job ──

TEST(Step2_Job, IsDoneThereAndAnsweredHere) {  // EXEC-01
  Story story;
  tests::run_virtual([](Story& s) -> Coro<> {
    const auto job = make_job();
    Future<> done;
    job->expect(done);
    carry_out(s, job);
    EXPECT_STORY(s, job->times, 1, "a job that was not forgotten is done once");
    EXPECT_STORY(s, done.done(), false, "the loop has not gone on yet");
    co_await go_on(s);
    EXPECT_STORY(s, done.done(), true, "run(), on the loop, sets the result of who waits");
  }(story));
}

TEST(Step2_Job, IsHandedBackAfterItsWork) {
  Story story;
  tests::run_virtual([](Story& s) -> Coro<> {
    struct Deaf : aio::WakeListener {
      void woken() override {}
    } listener;
    const aio::Wakeup& wakeup = aio::running_loop().listen(listener);
    const auto job = make_job();
    Future<> done;
    job->expect(done);
    bool too_early = false;
    job->meanwhile = [&] { too_early = wakeup.asked(); };
    carry_out(s, job);
    EXPECT_STORY(s, too_early, false,
                 "once it is handed back the loop may take its result: it has to be there",
                 LooksLike{true, "handed-back-before-its-work"});
    co_await go_on(s);
  }(story));
}

TEST(Step2_Job, ForgottenBeforeItBeginsItNeverDoes) {  // EXEC-04
  Story story;
  tests::run_virtual([](Story& s) -> Coro<> {
    auto job = make_job();
    Future<> done;
    job->expect(done);
    s.step("forget(): who waited was cancelled");
    job->forget();
    carry_out(s, job);
    EXPECT_STORY(s, job->times, 0, "carry_out() does a job only if it can move on to `begun`",
                 Seen{1, "done-all-the-same"});
    const std::weak_ptr<Job> left = job;
    job.reset();
    EXPECT_STORY(s, left.expired(), true, "nobody needs it any more");
    co_await go_on(s);
  }(story));
}

TEST(Step2_Job, ForgottenWhileItRunsItDisturbsNobody) {  // EXEC-03
  Story story;
  tests::run_virtual([](Story& s) -> Coro<> {
    const auto job = make_job();
    Future<> done;
    job->expect(done);
    job->meanwhile = [&] { job->forget(); };  // meanwhile the loop's thread does nothing
    s.step("who waits is cancelled while a thread does the job");
    carry_out(s, job);
    EXPECT_STORY(s, job->times, 1, "what has begun cannot be stopped");
    co_await go_on(s);
    EXPECT_STORY(s, done.done(), false,
                 "forget() lets go of the future: it may be gone when the job comes back",
                 Seen{true, "remembers-who-waited"});
  }(story));
}

TEST(Step2_Job, AFutureThatIsOverIsLeftAlone) {  // EXEC-03
  Story story;
  tests::run_virtual([](Story& s) -> Coro<> {
    const tests::Reports reports;
    const auto job = make_job();
    Future<> done;
    job->expect(done);
    carry_out(s, job);
    s.step("the future is cancelled, and the job is on its way");
    done.cancel();
    co_await go_on(s);
    EXPECT_STORY(s, reports.count, 0,
                 "a future may be over when the job comes back, and must not be set again",
                 LooksLike{1, "sets-what-is-over"});
  }(story));
}

TEST(Step2_Job, LivesUntilItIsBack) {
  Story story;
  tests::run_virtual([](Story& s) -> Coro<> {
    auto job = make_job();
    Future<> done;
    job->expect(done);
    const std::weak_ptr<Job> left = job;
    s.step("the thread has the only pointer to the job");
    carry_out(s, std::move(job));
    if (testing::Test::HasFailure()) co_return;  // it was not handed back
    EXPECT_STORY(s, left.expired(), false,
                 "the mailbox owns nothing: a job that is on its way keeps itself alive, by self_",
                 Seen{true, "gone-on-its-way"});
    co_await go_on(s);
    EXPECT_STORY(s, left.expired(), true, "run() lets go of self_, or the job lives for ever",
                 Seen{false, "keeps-itself"});
  }(story));
}

TEST(Step2_Job, AClosedLoopGetsNothing) {  // EXEC-05
  Story story;
  std::shared_ptr<Counted> job;
  {
    aio::EventLoop loop;
    loop.call_soon([&] { job = make_job(); });
    loop.run_once();
  }
  story.step("the loop is closed");
  const std::weak_ptr<Job> left = job;
  carry_out(story, std::move(job));
  EXPECT_STORY(story, left.expired(), true,
               "post() returns false when the loop is closed: discard() lets the job go",
               Seen{false, "waits-for-a-closed-loop"});
}

TEST(Step2_Job, NobodyMayWaitAtAll) {
  Story story;
  const auto job = std::make_shared<Counted>(nullptr);
  const tests::Suspicion suspicion(
      "a job without a door is for nobody: hand_back() has nowhere to go, and door_ is null");
  carry_out(story, job);
  EXPECT_STORY(story, job->times, 1, "it is done all the same");
}

}  // namespace
