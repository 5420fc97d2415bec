// Lesson 09: deadlines for a block, shields, wait_for.

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/gather.hpp>
#include <aio/support/todo.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "support/allocations.hpp"
#include "support/leftovers.hpp"
#include "support/seed.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Clock, aio::Coro, aio::Future, aio::InvalidStateError, aio::Task;
using aio::Timeout, aio::TimeoutError, aio::create_task, aio::sleep;
using tests::Seen;

const auto compiled_timeout = tests::compiled_from(aio::layers::timeout);
const auto compiled_shield = tests::compiled_from(aio::layers::shield);
const auto compiled_wait_for = tests::compiled_from(aio::layers::wait_for);

/// Where coroutines play, and the roles.
struct Stage : tests::Stage {
  /// Sleeps, and says how it ended.
  Coro<int> work(Clock::duration time, int result) {
    try {
      co_await sleep(time);
    } catch (const CancelledError&) {
      said("cancelled@" + this->time());
      throw;
    }
    said("worked@" + this->time());
    co_return result;
  }
};

/// Answers the request to stop with a result.
Coro<int> stubborn(int result) {
  try {
    co_await sleep(9s);
  } catch (const CancelledError&) {
  }
  co_return result;
}

Clock::time_point in(Clock::duration delay) { return aio::running_loop().time() + delay; }

// ── step 9.1: entering and moving the deadline ──

TEST(Step1_Deadline, CanBeEnteredOnceAndOnlyInATask) {  // TMO-16 TMO-17
  try {
    Timeout limit;
    limit.enter();
    ADD_FAILURE() << "there is no task here to be stopped";
  } catch (const aio::Todo&) {
    throw;
  } catch (const std::logic_error&) {
  }
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout limit(in(1s));
    limit.enter();
    EXPECT_THROW(limit.enter(), InvalidStateError)
        << "Likely cause: the state is no longer `created`: a second enter() would forget the "
           "count at entry";
    EXPECT_STORY(s.story, limit.when(), in(1s), "a second enter() must not disturb the block");
    co_return;
  }(stage));
}

TEST(Step1_Deadline, MovesOnlyInsideTheBlock) {  // TMO-15
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout limit(in(1s));
    EXPECT_THROW(limit.reschedule(in(2s)), InvalidStateError)
        << "Likely cause: reschedule() outside the block is refused: enter() has not been called";
    limit.enter();
    limit.reschedule(in(2s));
    EXPECT_STORY(s.story, limit.when(), in(2s), "after reschedule() when() is the new deadline");
    limit.reschedule(std::nullopt);
    EXPECT_STORY(s.story, limit.when(), std::nullopt,
                 "after reschedule(nullopt) there is no deadline");
    co_return;
  }(stage));
}

TEST(Step1_Deadline, IsArmedByEnter) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout limit(in(1s));
    limit.enter();
    limit.reschedule(std::nullopt);
    co_await sleep(5s);
    EXPECT_STORY(
        s.story, limit.expired(), false,
        "a deadline that was taken away must not fire: reschedule() disarms the timer first");
  }(stage));
}

// ── step 9.2: the deadline passes ──

TEST(Step2_Expiry, AsksTheTaskToStopAtTheDeadline) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout limit(in(3s));
    limit.enter();
    try {
      co_await sleep(10s);
      s.said("slept on");
    } catch (const CancelledError&) {
      s.said("cancelled@" + s.time());
    }
    EXPECT_STORY(s.story, limit.expired(), true,
                 "run() has to leave another state behind: expired() asks for it");
    EXPECT_STORY(s.story, aio::current_task().cancelling(), 1, "run() asks the task to stop once");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "cancelled@3 s",
               "the timer of the deadline does not cancel the task");
}

TEST(Step2_Expiry, InThePastFiresInTheNextIteration) {  // TMO-04 TMO-14
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout limit(in(-1s));
    limit.enter();
    EXPECT_STORY(s.story, limit.expired(), false,
                 "never inside enter(): a deadline in the past is a timer like any other");
    EXPECT_THROW(co_await sleep(1s), CancelledError)
        << "Likely cause: the task was not asked to stop";
    EXPECT_STORY(s.story, limit.expired(), true, "the deadline has passed");
    EXPECT_THROW(limit.reschedule(in(1s)), InvalidStateError)
        << "Likely cause: it has expired, and cannot be moved any more";
  }(stage));
}

// ── step 9.3: leaving the block ──

TEST(Step3_Timeout, TurnsItsOwnCancellationIntoTimeoutError) {  // TMO-01
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout limit(in(2s));
    try {
      co_await s.tell(aio::timeout(limit, [&s]() { return s.work(5s, 0); }));
    } catch (const CancelledError&) {  // the story tells it
    }
    EXPECT_STORY(s.story, limit.expired(), true, "the deadline has passed in the block");
    EXPECT_STORY(s.story, aio::current_task().cancelling(), 0,
                 "its own request must be taken back: uncancel()");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "cancelled@2 s TimeoutError@2 s",
               "leave() takes its own request for a stranger's: run() has to leave State::expiring "
               "behind, and what is left of the count may be as high as it was at entry");
}

TEST(Step3_Timeout, LeftInTimeIsDisarmed) {  // TMO-02
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout limit(in(2s));
    EXPECT_EQ(co_await aio::timeout(limit, [&s]() { return s.work(1s, 7); }), 7)
        << "Likely cause: the body's result is returned";
    EXPECT_STORY(s.story, limit.expired(), false,
                 "the block was left before the deadline, so the state is exited, and there is no "
                 "request of its own to take back");
    try {
      co_await s.tell(sleep(5s));
    } catch (const CancelledError&) {  // the story tells it
    }
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "worked@1 s returned@6 s",
               "leave() does not disarm the timer, which cancels whatever the task does then",
               Seen{"worked@1 s CancelledError@2 s", "the-timer-stays-armed"});
}

TEST(Step3_Timeout, WithoutDeadlineNeverExpires) {  // TMO-03
  Stage stage;
  const int result = stage.run([](Stage& s) -> Coro<int> {
    co_return co_await aio::timeout_at(std::nullopt, [&s](Timeout& limit) -> Coro<int> {
      EXPECT_STORY(s.story, limit.when(), std::nullopt, "without a deadline when() is nullopt");
      co_return co_await s.work(1000h, 4);
    });
  }(stage));
  EXPECT_STORY(stage.story, result, 4, "the body's result is returned");
}

TEST(Step3_Timeout, ABodyThatNeverSuspendsIsNotTooLate) {  // TMO-04
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout limit(in(0s));
    EXPECT_EQ(co_await aio::timeout(limit, []() -> Coro<int> { co_return 3; }), 3)
        << "Likely cause: a body that never waits has its result before any timer runs";
    EXPECT_STORY(s.story, limit.expired(), false, "a timer that has not run has not expired");
  }(stage));
}

TEST(Step3_Timeout, TheInnerOneExpiresAlone) {  // TMO-05
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout outer(in(10s));
    co_await aio::timeout(outer, [&s]() -> Coro<> {
      co_await s.tell(aio::timeout(1s, [&s]() { return s.work(5s, 0); }));
      co_await s.tell(sleep(2s));
    });
    EXPECT_STORY(s.story, outer.expired(), false, "only the inner deadline has passed");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "cancelled@1 s TimeoutError@1 s returned@3 s",
               "the inner timeout's request reaches the outer block");
}

TEST(Step3_Timeout, TheOuterOneExpiresThroughTheInner) {  // TMO-06
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s]() -> Coro<> {
      Timeout inner(in(5s));
      co_await s.tell(aio::timeout(inner, [&s]() { return s.work(9s, 0); }));
      EXPECT_STORY(s.story, inner.expired(), false, "only the outer deadline has passed");
    };
    co_await s.tell(aio::timeout(1s, body));
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(),
               "cancelled@1 s CancelledError@1 s TimeoutError@1 s",
               "the inner timeout converts a request that is not its own",
               tests::LooksLike{"cancelled@1 s TimeoutError@1 s returned@1 s",
                                "the-inner-claims-the-outers"});
}

TEST(Step3_Timeout, BothExpireAndOnlyTheOuterThrows) {  // TMO-07
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout outer(in(1s)), inner(in(1s));
    co_await s.tell(aio::timeout(outer, [&]() -> Coro<> {
      co_await s.tell(aio::timeout(inner, [&]() { return s.work(9s, 0); }));
    }));
    EXPECT_STORY(s.story, outer.expired(), true, "the outer deadline has passed");
    EXPECT_STORY(s.story, inner.expired(), true, "the inner deadline has passed as well");
    EXPECT_STORY(s.story, aio::current_task().cancelling(), 0, "each takes its own request back");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(),
               "cancelled@1 s CancelledError@1 s TimeoutError@1 s",
               "with two requests counted, the inner one must let CancelledError pass");
}

TEST(Step3_Timeout, WorksInsideCleanUp) {  // TMO-08
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    co_await s.tell(aio::timeout(1s, [&s]() -> Coro<> {
      bool stopped = false;
      try {
        co_await sleep(9s);
      } catch (const CancelledError&) {
        stopped = true;
      }
      if (stopped) co_await s.tell(aio::timeout(2s, [&s]() { return s.work(9s, 0); }));
      throw CancelledError();
    }));
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "cancelled@3 s TimeoutError@3 s TimeoutError@3 s",
               "the count at entry is not compared with, or enter() did not keep it");
}

TEST(Step3_Timeout, AForeignCancelStaysACancel) {  // TMO-09
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<> task = create_task(s.tell(aio::timeout(5s, [&s]() { return s.work(9s, 0); })));
    co_await sleep(1s);
    task.cancel();
    EXPECT_THROW(co_await task, CancelledError)
        << "Likely cause: a CancelledError that somebody else has asked for passes as it is";
  }(stage));
  EXPECT_STORY(
      stage.story, stage.story.order(), "cancelled@1 s CancelledError@1 s",
      "every CancelledError is turned into TimeoutError",
      tests::LooksLike{"cancelled@1 s TimeoutError@1 s", "outer-cancel-becomes-a-timeout"});
}

TEST(Step3_Timeout, AForeignCancelWinsOverTheExpiry) {  // TMO-10
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout limit(in(1s));
    const Task<> task = create_task([](Stage& st, Timeout& lim) -> Coro<> {
      co_await st.tell(aio::timeout(lim, [&st]() { return st.work(9s, 0); }));
    }(s, limit));
    aio::running_loop().call_later(1s, [&task] { task.cancel(); });
    EXPECT_THROW(co_await task, CancelledError)
        << "Likely cause: somebody else has asked as well: CancelledError passes";
    EXPECT_STORY(s.story, limit.expired(), true, "the deadline has passed, too");
    EXPECT_STORY(s.story, task.cancelling(), 1, "the stranger's request stays counted");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "cancelled@1 s CancelledError@1 s",
               "leave() does not compare what is left of the count with the count at entry",
               tests::LooksLike{"cancelled@1 s TimeoutError@1 s", "an-expiry-hides-a-cancel"});
}

TEST(Step3_Timeout, ABodyThatSwallowsItReturnsNormally) {  // TMO-11
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout limit(in(1s));
    const int result = co_await aio::timeout(limit, []() -> Coro<int> {
      try {
        co_await sleep(9s);
      } catch (const CancelledError&) {
      }
      co_await sleep(9s);
      co_return 5;
    });
    EXPECT_STORY(s.story, result, 5, "the body went on and has a result: that counts");
    EXPECT_STORY(s.story, limit.expired(), true, "the deadline has passed in the block");
    EXPECT_STORY(s.story, aio::current_task().cancelling(), 0,
                 "its own request must be taken back, whatever the body does");
  }(stage));
  EXPECT_STORY(stage.story, stage.time(), "10 s", "the timeout fired a second time");
}

TEST(Step3_Timeout, AnotherExceptionPasses) {  // TMO-12
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Timeout limit(in(1s));
    co_await s.tell(aio::timeout(limit, []() -> Coro<> {
      try {
        co_await sleep(9s);
      } catch (const CancelledError&) {
        throw std::runtime_error("broken");
      }
    }));
    EXPECT_STORY(s.story, aio::current_task().cancelling(), 0,
                 "its own request must be taken back, also when something else is thrown");
    Timeout in_time(in(1s));
    co_await s.tell(aio::timeout(in_time, []() -> Coro<> {
      throw std::runtime_error("early");
      co_return;
    }));
    EXPECT_STORY(s.story, in_time.expired(), false, "it was left in time");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "broken@1 s early@1 s",
               "only CancelledError may be converted");
}

TEST(Step3_Timeout, ConvertsItsOwnUnderAnOlderRequest) {  // TMO-13
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<> task = create_task([](Stage& st) -> Coro<> {
      try {
        co_await sleep(9s);
      } catch (const CancelledError&) {
      }
      co_await st.tell(aio::timeout(1s, [&st]() { return st.work(9s, 0); }));
      EXPECT_STORY(st.story, aio::current_task().cancelling(), 1,
                   "the older request stays counted, its own is taken back");
    }(s));
    co_await sleep(1s);
    task.cancel();
    EXPECT_NO_THROW(co_await task) << "Likely cause: an older request was answered already: the "
                                      "timeout's own becomes TimeoutError";
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "cancelled@2 s TimeoutError@2 s",
               "the count is compared with zero instead of the count at entry, which enter() keeps",
               Seen{"cancelled@2 s CancelledError@2 s", "compares-with-zero"});
}

TEST(Step3_Timeout, LeftInTimeTakesNothingBack) {
  Stage stage;
  int requests = -1;
  stage.run([](Stage& s, int& left) -> Coro<> {
    const Task<> task = create_task([](Stage& st, int& counted) -> Coro<> {
      try {
        co_await sleep(9s);
      } catch (const CancelledError&) {
        st.said("asked to stop");
      }
      co_await st.tell(aio::timeout(5s, [&st]() { return st.work(1s, 0); }));
      counted = aio::current_task().cancelling();
    }(s, left));
    co_await sleep(1s);
    task.cancel();
    co_await task;
  }(stage, requests));
  EXPECT_STORY(stage.story, requests, 1,
               "a timeout that was left in time has asked for nothing: the request that it takes "
               "back is somebody else's",
               Seen{0, "takes-back-what-others-asked"});
}

TEST(Step3_Timeout, MovesLaterAndEarlier) {  // TMO-14
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    co_await s.tell(aio::timeout(1s, [&s](Timeout& limit) -> Coro<> {
      limit.reschedule(in(5s));
      co_await sleep(4s);
      s.said("still here");
      limit.reschedule(in(100s));
      limit.reschedule(in(500ms));
      co_await sleep(4s);
    }));
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "still here TimeoutError@4500 ms",
               "reschedule() leaves the old timer armed, or arms none");
}

TEST(Step3_Timeout, AfterTheBlockItCannotMove) {  // TMO-15
  Stage stage;
  stage.run([]() -> Coro<> {
    Timeout limit(in(1s));
    co_await aio::timeout(limit, []() -> Coro<> { co_return; });
    EXPECT_THROW(limit.reschedule(in(1s)), InvalidStateError)
        << "Likely cause: leave() has to leave a state behind in which nothing moves";
    EXPECT_THROW(co_await aio::timeout(limit, []() -> Coro<> { co_return; }), InvalidStateError)
        << "Likely cause: a Timeout that was left cannot be entered again";
  }());
}

TEST(Step3_Timeout, TheTieBelongsToTheTimeoutAndTheFutureKeepsItsValue) {  // TMO-18
  if (tests::seed()) return;  // the value has to come first
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Future<int> value;
    aio::running_loop().call_later(1s, [value] { value.set_result(6); });
    co_await s.tell(aio::timeout(1s, [&value]() -> Coro<> { co_await value; }));
    EXPECT_STORY(s.story, value.result(), 6, "the value that nobody took is still in its future");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "TimeoutError@1 s",
               "a cancel that comes when the value is there, but not delivered, is dropped");
}

TEST(Step3_Timeout, KeepsACallableWithCapturesAlive) {
  Stage stage;
  const auto counted = std::make_shared<int>(1);
  stage.run([](std::shared_ptr<int> shared) -> Coro<> {
    const auto body = [shared]() -> Coro<> {
      co_await sleep(1s);
      EXPECT_GE(shared.use_count(), 3) << "Likely cause: the callable has gone while its body runs";
    };
    auto pending = aio::timeout(5s, body);
    co_await std::move(pending);
  }(counted));
  EXPECT_STORY(stage.story, counted.use_count(), 1, "the callable was not released");
}

TEST(Timeout_Relative, SaysAfterwardsWhetherItHasExpired) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    aio::Timeout late(1s), in_time(1h);
    const auto body = []() -> Coro<> { co_await sleep(2s); };
    EXPECT_THROW(co_await aio::timeout(late, body), TimeoutError)
        << "Likely cause: the body needs longer than its limit";
    EXPECT_STORY(s.story, late.expired(), true, "its deadline has passed");
    EXPECT_STORY(s.story, late.when(), aio::Timeout::time_point(1s),
                 "a limit of 1 s from time 0 is at 1 s");
    co_await aio::timeout(in_time, body);
    EXPECT_STORY(s.story, in_time.expired(), false, "it was left in time");
  }(stage));
}

// ── step 9.4: shield ──

TEST(Step4_Shield, KeepsACancelFromTheInnerTask) {  // SHIELD-01 SHIELD-08
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> inner = create_task(s.work(3s, 8));
    const Task<> outer = create_task(s.tell(aio::shield(inner)));
    co_await sleep(1s);
    outer.cancel();
    EXPECT_THROW(co_await outer, CancelledError) << "Likely cause: the request ends the shield";
    EXPECT_STORY(s.story, inner.cancelling(), 0,
                 "the shield passes the request on to the inner task");
    try {
      EXPECT_EQ(co_await inner, 8) << "Likely cause: the inner task goes on to its result";
    } catch (const CancelledError&) {  // the story tells it
    }
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "CancelledError@1 s worked@3 s",
               "the shield passes the cancel on to the inner task",
               Seen{"cancelled@1 s CancelledError@1 s", "shield-cancels-the-inner-task"});
}

TEST(Step4_Shield, PassesResultAndExceptionOn) {  // SHIELD-02
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    EXPECT_EQ(co_await aio::shield(s.work(1s, 5)), 5)
        << "Likely cause: the shield has the result of the inner task";
    co_await s.tell(aio::shield([]() -> Coro<> {
      co_await sleep(1s);
      throw std::runtime_error("broken");
    }()));
    auto owned = co_await aio::shield(
        []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(9); }());
    EXPECT_STORY(s.story, *owned, 9,
                 "a result that cannot be copied is moved out of a task that nobody else holds");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "worked@1 s broken@2 s",
               "the outcome of the inner task is not passed on");
}

TEST(Step4_Shield, AnInnerCancelCancelsTheShield) {  // SHIELD-03
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> inner = create_task(s.work(3s, 8));
    const auto shield = aio::shield(inner);
    co_await sleep(1s);
    inner.cancel();
    EXPECT_THROW(co_await shield, CancelledError)
        << "Likely cause: an inner task that was cancelled ends the shield by CancelledError: in "
           "run(), ask cancelled() first";
    EXPECT_STORY(s.story, shield.cancelled(), true, "the shield was cancelled, it has not failed");
  }(stage));
}

TEST(Step4_Shield, OfSomethingDoneIsDone) {  // SHIELD-04
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const std::string text = "a long enough answer";
    Future<std::string> done;
    done.set_result(text);
    const auto shield = aio::shield(done);
    EXPECT_STORY(s.story, shield.done(), true,
                 "there is nothing to wait for: start() has to look whether the inner one is done");
    EXPECT_STORY(s.story, shield.result(), text, "it has the result of the inner one");
    EXPECT_STORY(s.story, shield.cancel(), false, "it is done: there is nothing left to cancel");
    tests::Story story;
    story.step("shield(done), of a future that somebody else holds");
    EXPECT_STORY(story, done.result(), text,
                 "the result was moved out of its future: outcome_for<A>() copies it when the "
                 "future was passed as an lvalue",
                 Seen{std::string(), "the-shield-takes-the-result"});
    co_return;
  }(stage));
}

TEST(Step4_Shield, ALateFailureIsReportedOnce) {  // SHIELD-05 SHIELD-06
  Stage stage;
  std::vector<std::string> reports;
  stage.run([](Stage& s, std::vector<std::string>& told) -> Coro<> {
    aio::running_loop().set_exception_handler([&told](const aio::ExceptionContext& context) {
      told.push_back(aio::message_of(context.exception));
    });
    Task<> inner = create_task([]() -> Coro<> {
      co_await sleep(1s);
      throw std::runtime_error("late");
    }());
    const auto first = aio::shield(inner), second = aio::shield(inner);
    first.cancel();
    second.cancel();
    const Task<> fine = create_task([]() -> Coro<> { co_await sleep(1s); }());
    aio::shield(fine).cancel();
    co_await sleep(2s);
    s.story.step("two shields of a task are cancelled; then the task fails");
    const auto completes = [](const std::string& text) {
      return text.starts_with("set_exception");
    };
    EXPECT_STORY(s.story, std::ranges::any_of(told, completes), false,
                 "a shield that was cancelled still has its hook in the inner task's list, and is "
                 "completed a second time: cancel() takes the hook out");
    EXPECT_STORY(
        s.story, told.size(), 1U,
        "it is reported when it happens, by report_failure_of() in cancel(), and only once");
    EXPECT_STORY(s.story, inner.done(), true, "the shield's cancel() reached the inner task");
  }(stage, reports));
  EXPECT_STORY(stage.story, reports, std::vector<std::string>{"late"},
               "it is reported once, however many shields there were, and a late success is "
               "silent; a set_exception in the list means that the hook of a cancelled shield is "
               "still in the inner task's list");
}

TEST(Step4_Shield, ProtectsAGatherAndAGatherOfShields) {  // SHIELD-07
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto together = aio::gather(s.work(3s, 1), s.work(3s, 2));
    const auto shield = aio::shield(together);
    shield.cancel();
    try {
      EXPECT_EQ(co_await together, std::tuple(1, 2))
          << "Likely cause: the gather behind the shield goes on";
    } catch (const CancelledError&) {  // the story tells it
    }

    const Task<int> inner = create_task(s.work(3s, 4));
    const auto shields = aio::gather(aio::shield(inner));
    shields.cancel();
    EXPECT_THROW(co_await shields, CancelledError)
        << "Likely cause: a gather of shields asks the shields to stop, and ends";
    try {
      EXPECT_EQ(co_await inner, 4) << "Likely cause: the task behind the shield goes on";
    } catch (const CancelledError&) {  // the story tells it
    }
  }(stage));
  EXPECT_STORY(
      stage.story, stage.story.order(), "worked@3 s worked@3 s worked@6 s",
      "a cancel went through the shield",
      Seen{"cancelled@0 ms cancelled@0 ms cancelled@0 ms", "shield-cancels-the-inner-task"});
}

TEST(Step4_Shield, LeavesNothingInATaskThatGoesOn) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<> slow = create_task(sleep(24h));
    const auto again = [&]() -> Coro<> {
      const auto shielded = aio::shield(slow);
      shielded.cancel();  // what a time limit does
      co_await sleep(0s);
    };
    s.story.step("a task is shielded again and again, and each shield is cancelled");
    const std::size_t made = co_await tests::allocations_of_many(again);
    EXPECT_STORY(
        s.story, made == 0, true,
        "each cancelled shield leaves something in the task: report_failure_of() leaves one "
        "callback for all of them",
        tests::LooksLike{false, "every-shield-leaves-a-callback"});
    slow.cancel();
  }(stage));
}

TEST(Deep_Shield, OfShieldsEndsWithoutALongWayDown) {
  Stage stage;
  stage.run([](Stage&) -> Coro<> {
    const Future<> inner;
    Future<> outer = inner;
    for (int i = 0; i < 200'000; ++i) outer = aio::shield(std::move(outer));
    co_await sleep(0s);
    EXPECT_EQ(outer.done(), false);
    outer = Future<>();
    inner.set_result();  // nobody waits for it
  }(stage));
}

// ── step 9.5: wait_for ──

TEST(Step5_WaitFor, ReturnsAResultInTime) {  // WFOR-01
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    EXPECT_EQ(co_await aio::wait_for(s.work(1s, 7), 2s), 7)
        << "Likely cause: the result was there in time";
    EXPECT_EQ(co_await aio::wait_for(s.work(1s, 8), std::nullopt), 8)
        << "Likely cause: without a limit it waits as long as it takes";
    co_await sleep(9s);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "worked@1 s worked@2 s",
               "a timer is left behind, or a result is lost");
}

TEST(Step5_WaitFor, ThrowsTimeoutErrorAfterTheTimeIsOver) {  // WFOR-02
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    co_await s.tell(aio::wait_for(s.work(5s, 0), 2s));
    const Task<int> task = create_task(s.work(5s, 0));
    co_await s.tell(aio::wait_for(task, 2s));
    EXPECT_STORY(s.story, task.cancelled(), true,
                 "when the time is over, what was awaited is asked to stop");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(),
               "cancelled@2 s TimeoutError@2 s cancelled@4 s TimeoutError@4 s",
               "what is awaited is not cancelled when the time is over");
}

TEST(Step5_WaitFor, WaitsForTheEndOfTheCleanUp) {  // WFOR-03
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto slow_to_stop = [](Stage& st) -> Coro<> {
      bool stopped = false;
      try {
        co_await sleep(9s);
      } catch (const CancelledError&) {
        stopped = true;
      }
      if (stopped) co_await sleep(3s);
      st.said("cleaned up@" + st.time());
      throw CancelledError();
    };
    co_await s.tell(aio::wait_for(create_task(slow_to_stop(s)), 1s));
    co_await sleep(9s);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "cleaned up@4 s TimeoutError@4 s",
               "TimeoutError is thrown while the inner task still runs",
               Seen{"TimeoutError@1 s cleaned up@4 s", "throws-while-the-inner-task-runs"});
}

TEST(Step5_WaitFor, AResultInsteadOfCancellationIsReturned) {  // WFOR-04 WFOR-05
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> task = create_task(stubborn(3));
    EXPECT_EQ(co_await aio::wait_for(task, 1s), 3)
        << "Likely cause: the task answered the request with a result: that counts";
    co_await s.tell(aio::wait_for(create_task([]() -> Coro<> {
                                    try {
                                      co_await sleep(9s);
                                    } catch (const CancelledError&) {
                                      throw std::runtime_error("broken");
                                    }
                                  }()),
                                  1s));
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "broken@2 s", "the inner outcome is dropped");
}

TEST(Step5_WaitFor, CancellingTheWaiterCancelsAndWaits) {  // WFOR-07
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<> waiter = create_task(s.tell(aio::wait_for(create_task(s.work(9s, 0)), 5s)));
    co_await sleep(1s);
    waiter.cancel();
    EXPECT_THROW(co_await waiter, CancelledError)
        << "Likely cause: whoever cancels the waiter must see CancelledError, not TimeoutError";
  }(stage));
  EXPECT_STORY(
      stage.story, stage.story.order(), "cancelled@1 s CancelledError@1 s",
      "who cancels the waiter must see CancelledError, not TimeoutError",
      tests::LooksLike{"cancelled@1 s TimeoutError@1 s", "outer-cancel-becomes-a-timeout"});
}

TEST(Step5_WaitFor, ACancelInTheSameIterationWinsAndTheFutureKeepsItsResult) {  // WFOR-08
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Future<int> value;
    const Task<> waiter = create_task([](Stage& st, Future<int> awaited) -> Coro<> {
      co_await st.tell(aio::wait_for(awaited, 9s));
    }(s, value));
    co_await sleep(1s);
    value.set_result(2);
    waiter.cancel();
    EXPECT_THROW(co_await waiter, CancelledError)
        << "Likely cause: the request to stop comes first, although the result is there";
    EXPECT_STORY(s.story, value.result(), 2, "the result that nobody took is still in its future");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "CancelledError@1 s",
               "a result that is there hides the request to stop",
               Seen{"returned@1 s", "a-result-hides-a-cancel"});
}

TEST(Step5_WaitFor, LeavesTheResultToWhoHoldsTheFuture) {  // WFOR-01
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Future<std::string> value;
    aio::running_loop().call_later(1s, [value] { value.set_result("a long enough answer"); });
    EXPECT_EQ(co_await aio::wait_for(value, 2s), "a long enough answer")
        << "Likely cause: the result was there in time";
    EXPECT_STORY(
        s.story, value.result(), "a long enough answer",
        "a future passed as an lvalue keeps its result: Join and outcome_for<A>() copy it");
  }(stage));
}

TEST(Step5_WaitFor, RunsACoroutineInTheCallingTask) {  // WFOR-09
  Stage stage;
  stage.run([]() -> Coro<> {
    const aio::TaskRef outside = aio::current_task();
    const auto same = [](aio::TaskRef expected) -> Coro<bool> {
      co_return aio::current_task() == expected;
    };
    EXPECT_TRUE(co_await aio::wait_for(same(outside), 1s))
        << "Likely cause: a coroutine is awaited in the calling task; no task is made for it";
  }());
}

/// Ignores every request to stop until the future is done.
Coro<> stubborn(Future<> end) {
  while (!end.done()) {
    try {
      co_await aio::shield(end);
    } catch (const CancelledError&) {
    }
  }
}

TEST(Leftovers_WaitFor, AWaiterThatGoesLeavesNothingInWhatWillNotEnd) {
  Stage stage;
  stage.run([]() -> Coro<> {
    const Future<> end;
    const Task<> slow = create_task(stubborn(end));
    co_await sleep(0s);
    const auto again = [&]() -> Coro<> {
      const Task<> waiter = create_task(aio::wait_for(slow, 0s));
      co_await sleep(0s);  // it waits for the end
      waiter.cancel();
      for (int i = 0; i < 3; ++i) co_await sleep(0s);
      EXPECT_TRUE(waiter.done());
    };
    EXPECT_EQ(co_await tests::allocations_of_many(again), 0u);
    end.set_result();
    co_await slow;
  }());
}

TEST(Step5_WaitFor, TimesOutOfAShieldWithoutCancellingTheTask) {  // WFOR-10
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> inner = create_task(s.work(3s, 6));
    co_await s.tell(aio::wait_for(aio::shield(inner), 1s));
    try {
      EXPECT_EQ(co_await inner, 6);
    } catch (const CancelledError&) {  // the story tells it
    }
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "TimeoutError@1 s worked@3 s",
               "the cancel goes through the shield",
               Seen{"cancelled@1 s TimeoutError@1 s", "shield-cancels-the-inner-task"});
}

TEST(Step5_WaitFor, TakesEveryKindOfResult) {
  Stage stage;
  static int there = 1;
  stage.run([](Stage& s) -> Coro<> {
    co_await aio::wait_for(sleep(1s), 2s);
    int& reference = co_await aio::wait_for([]() -> Coro<int&> { co_return there; }(), 1s);
    EXPECT_STORY(s.story, &reference, &there, "a reference is passed on as a reference");
    auto owned = co_await aio::wait_for(
        []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(3); }(), 1s);
    EXPECT_STORY(s.story, *owned, 3, "a result that cannot be copied is moved");
    const auto task =
        create_task([]() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(4); }());
    auto from_a_task = co_await aio::wait_for(task, 1s);  // outcome_for<A>() knows what to do
    EXPECT_STORY(s.story, *from_a_task, 4, "so is that of a task which is kept");
  }(stage));
}

// ── step 9.6: no time at all ──

TEST(Step6_NoTime, TakesWhatIsDoneAndStartsNothing) {  // WFOR-06
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Future<int> done;
    done.set_result(1);
    s.story.step("wait_for(), with no time: a future that is done, then two coroutines");
    co_await s.tell(aio::wait_for(done, 0s));
    EXPECT_STORY(s.story, s.story.order(), "returned@0 ms",
                 "what is done counts, even with no time at all");
    try {
      co_await s.tell(aio::wait_for(s.work(0s, 0), 0s));
      co_await s.tell(aio::wait_for(s.work(0s, 0), -1s));
    } catch (const CancelledError&) {  // the story tells it
    } catch (const InvalidStateError&) {
      s.said("InvalidStateError");
    }
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order().ends_with("InvalidStateError"), false,
               "what was asked to stop has not ended yet, and has no result: cancel_and_wait()",
               tests::LooksLike{true, "asks-and-looks-at-once"});
  EXPECT_STORY(
      stage.story, stage.story.order(), "returned@0 ms TimeoutError@0 ms TimeoutError@0 ms",
      "a coroutine that has no time must not start: wait_for() has to hand a limit of zero "
      "or less to wait_for_nothing(), and what that one has cancelled is a TimeoutError");
}

TEST(Step6_NoTime, CancelsARunningTaskAndWaitsForIt) {  // WFOR-06
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> running = create_task(s.work(9s, 0));
    co_await sleep(1s);
    co_await s.tell(aio::wait_for(running, 0s));
    EXPECT_STORY(s.story, running.cancelled(), true,
                 "a running task is asked to stop and waited for");
    const Task<int> shielded = create_task(s.work(3s, 0));
    co_await s.tell(aio::wait_for(aio::shield(shielded), 0s));
    co_await shielded;
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(),
               "cancelled@1 s TimeoutError@1 s TimeoutError@1 s worked@4 s",
               "a running task is left running, or not waited for");
}

TEST(Step6_NoTime, AnAnswerInsteadOfCancellationIsReturned) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> running = create_task(stubborn(3));
    co_await sleep(1s);
    co_await s.tell([](Task<int> task) -> Coro<> {
      EXPECT_EQ(co_await aio::wait_for(task, 0s), 3)
          << "Likely cause: the answer that the task gave when it was asked to stop counts";
    }(running));
  }(stage));
  EXPECT_STORY(
      stage.story, stage.story.order(), "returned@1 s",
      "the task was asked to stop, and gave its answer in that same moment: it is done now, "
      "and what is done counts",
      tests::LooksLike{"TimeoutError@1 s", "no-time-drops-the-answer"});
}

// ── what must not depend on the order of independent tasks ──

TEST(Seeded_WaitFor, AHundredWaitersEachGetWhatTheyShould) {
  Stage stage;
  int in_time = 0, late = 0;
  const auto one = [](int i, int& good, int& bad) -> Coro<> {
    try {
      co_await aio::wait_for(sleep(std::chrono::milliseconds(i)), 50500us);
      ++good;
    } catch (const TimeoutError&) {
      ++bad;
    }
  };
  stage.run([](const auto& waiter, int& good, int& bad) -> Coro<> {
    std::vector<Coro<>> all;
    for (int i = 1; i <= 100; ++i) all.push_back(waiter(i, good, bad));
    co_await aio::gather(std::move(all));
  }(one, in_time, late));
  EXPECT_STORY(stage.story, in_time, 50, "whatever takes less than the limit is in time");
  EXPECT_STORY(stage.story, late, 50, "whatever takes longer is too late");
}

}  // namespace
