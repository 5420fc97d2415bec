// Lesson 15: task groups, and what is built with them: with(), time limits that are no error, work
// that is not stopped halfway, races.

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/event.hpp>
#include <aio/finish_within.hpp>
#include <aio/gather.hpp>
#include <aio/move_on_after.hpp>
#include <aio/staggered_race.hpp>
#include <aio/support/exception_group.hpp>
#include <aio/support/todo.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>
#include <aio/timeout.hpp>
#include <aio/with.hpp>

#include "support/reports.hpp"
#include "support/seed.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Clock, aio::Coro, aio::ExceptionGroup, aio::Future;
using aio::InvalidStateError, aio::Task, aio::TaskGroup, aio::create_task, aio::sleep;
using tests::LooksLike;

const auto compiled_group = tests::compiled_from(aio::layers::task_group);
const auto compiled_with = tests::compiled_from(aio::layers::with);

/// "[a [b c]]": the messages of a group, as it nests.
std::string shape(const ExceptionGroup& group) {
  std::string text;
  for (const std::exception_ptr& each : group.exceptions) {
    text += text.empty() ? "" : " ";
    try {
      std::rethrow_exception(each);
    } catch (const ExceptionGroup& inner) {
      text += shape(inner);
    } catch (...) {
      text += aio::message_of(each);
    }
  }
  return "[" + text + "]";
}

int requests() { return aio::current_task().cancelling(); }

/// Where coroutines play, and the roles.
struct Stage : tests::Stage {
  /// Sleeps, and says how it ended, by its name.
  Coro<int> work(std::string name, Clock::duration takes, int result = 0) {
    try {
      co_await sleep(takes);
    } catch (const CancelledError&) {
      said(name + " stopped@" + time());
      throw;
    }
    said(name + " done@" + time());
    co_return result;
  }
  Coro<> fail(std::string name, Clock::duration after) {
    co_await sleep(after);
    throw std::runtime_error(name);
  }
  /// Takes its time to stop.
  Coro<> slow_to_stop(std::string name, Clock::duration cleanup) {
    try {
      co_await sleep(1000h);
    } catch (const CancelledError&) {
      said(name + " stopping@" + time());
    }
    co_await sleep(cleanup);
    said(name + " stopped@" + time());
  }
  /// Fails instead of stopping.
  Coro<> fail_when_stopped(std::string name) {
    try {
      co_await sleep(1000h);
    } catch (const CancelledError&) {
    }
    throw std::runtime_error(name);
  }
  Coro<int> attempt(std::string name, Clock::duration takes, bool succeeds) {
    said(name + " begins@" + time());
    const int result = co_await work(name, takes, 7);
    if (!succeeds) throw std::runtime_error(name + " fails");
    co_return result;
  }
  /// Says how a block ends. CancelledError is swallowed: the story tells it.
  template <class T>
  Coro<> outcome(Coro<T> block) {
    try {
      co_await std::move(block);
      said("over@" + time());
    } catch (const ExceptionGroup& group) {
      said(shape(group) + "@" + time());
    } catch (const aio::TimeoutError&) {
      said("TimeoutError@" + time());
    } catch (const CancelledError&) {
      said("CancelledError@" + time());
    } catch (const std::exception& error) {
      said(std::string(error.what()) + "@" + time());
    }
  }
};

#define EXPECT_ORDER(stage, ...) EXPECT_STORY((stage).story, (stage).story.order(), __VA_ARGS__)

// ── step 15.1: enter and leave ──

TEST(Step1_Block, EndsAfterItsLastChild) {  // TG-01
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    std::vector<Task<int>> children;
    const auto body = [&](TaskGroup& group) -> Coro<int> {
      children.push_back(group.create_task(s.work("a", 3s, 1)));
      children.push_back(group.create_task(s.work("b", 1s, 2)));
      s.said("body");
      co_return 7;
    };
    EXPECT_STORY(s.story, co_await aio::task_group(body), 7, "the body's result is the block's");
    s.said("over@" + s.time());
    EXPECT_STORY(s.story, children.at(0).result() + children.at(1).result(), 3,
                 "the children's results are on their handles");
  }(stage));
  EXPECT_ORDER(stage, "body b done@1 s a done@3 s over@3 s",
               "leave() waits until the list of children is empty, not for the first of them");
}

TEST(Step1_Block, WithoutChildrenDoesNotWait) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto speak = [&s]() -> Coro<> {
      s.said("other");
      co_return;
    };
    const auto other = create_task(speak());
    co_await aio::task_group([](TaskGroup&) -> Coro<> { co_return; });
    s.said("over");
    co_await other;
  }(stage));
  EXPECT_ORDER(stage, "over other", "there is nobody to wait for: no suspension");
}

TEST(Step1_Block, ChildrenMayEndBeforeTheBody) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.work("first", 1s));
      co_await s.work("body", 2s);
      group.create_task(s.work("second", 1s));
    };
    co_await s.outcome(aio::task_group(body));
  }(stage));
  EXPECT_ORDER(stage, "first done@1 s body done@2 s second done@3 s over@3 s",
               "an empty list ends the block only when the body has ended too");
}

TEST(Step1_Block, ChildrenMayStartChildrenUntilTheEnd) {  // TG-11
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto child = [&s](TaskGroup& group) -> Coro<> {
      co_await s.work("child", 1s);
      try {
        group.create_task(s.work("grandchild", 2s));
      } catch (const InvalidStateError&) {
        s.said("grandchild refused");
      }
    };
    const auto body = [&](TaskGroup& group) -> Coro<> {
      group.create_task(child(group));
      co_return;
    };
    co_await s.outcome(aio::task_group(body));
  }(stage));
  EXPECT_ORDER(stage, "child done@1 s grandchild done@3 s over@3 s",
               "while children run, the block takes more of them, and waits for them too");
}

TEST(Step1_Block, IsEnteredOnceAndInATask) {  // TG-19
  try {
    TaskGroup().enter();
    ADD_FAILURE() << "enter() throws nothing outside a task\n"
                     "Likely cause: where no task runs, nobody could own the group: "
                     "InvalidStateError";
  } catch (const aio::Todo&) {
    throw;
  } catch (const InvalidStateError&) {
  }
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    TaskGroup group;
    const auto nothing = [](TaskGroup&) -> Coro<> { co_return; };
    co_await aio::task_group(group, nothing);
    const auto speak = [&s](TaskGroup&) -> Coro<> {
      s.said("entered again");
      co_return;
    };
    try {
      co_await aio::task_group(group, speak);
    } catch (const InvalidStateError&) {
      s.said("refused");
    }
  }(stage));
  EXPECT_ORDER(stage, "refused", "a group is for one block: enter() looks at the state");
}

TEST(Step1_Block, RefusesChildrenBeforeAndAfter) {  // TG-12
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    TaskGroup group;
    const auto alive = std::make_shared<int>(0);
    const auto child = [](std::shared_ptr<int>) -> Coro<> { co_return; };
    EXPECT_THROW(group.create_task(child(alive)), InvalidStateError)
        << "Likely cause: nobody would wait for a child that is started before the block";
    co_await aio::task_group(group, [](TaskGroup&) -> Coro<> { co_return; });
    EXPECT_THROW(group.create_task(child(alive)), InvalidStateError)
        << "Likely cause: nobody would wait for a child that is started after the block";
    EXPECT_STORY(s.story, alive.use_count(), 1L, "what is refused is destroyed at once");
  }(stage));
}

// ── step 15.2: the first failure ──

TEST(Step2_Failure, StopsTheOthersAndTheBody) {  // TG-02 TG-09
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.fail("broken", 1s));
      group.create_task(s.slow_to_stop("slow", 2s));
      co_await s.work("body", 9s);
    };
    co_await s.outcome(aio::task_group(body));
    EXPECT_STORY(s.story, requests(), 0, "the group's own request must be taken back");
    co_await s.work("later", 1s);
  }(stage));
  if (tests::seed()) return;  // what happens at one time has no order then
  EXPECT_ORDER(
      stage, "slow stopping@1 s body stopped@1 s slow stopped@3 s [broken]@3 s later done@4 s",
      "a failure cancels the children that still run, then the owner; the block still ends "
      "after its last child");
}

TEST(Step2_Failure, IsThrownAlsoWhenTheOwnerWaitsAlready) {
  Stage stage;
  int left = 0;
  stage.run([](Stage& s, int& still) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.work("sibling", 9s));
      group.create_task(s.fail("broken", 1s));
      co_return;
    };
    co_await s.outcome(aio::task_group(body));
    still = requests();
  }(stage, left));
  EXPECT_ORDER(stage, "sibling stopped@1 s [broken]@1 s",
               "the group cancels its own owner's wait: wait_for_children() catches that, and "
               "waits on");
  EXPECT_STORY(stage.story, left, 0, "the group's own request must be taken back");
}

TEST(Step2_Failure, CollectsWhatFailsMeanwhile) {  // TG-03
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.fail("first", 1s));
      group.create_task(s.fail_when_stopped("second"));
      group.create_task(s.work("third", 9s));
      co_await s.fail_when_stopped("body");
    };
    co_await s.outcome(aio::task_group(body));
  }(stage));
  if (tests::seed()) return;  // what happens at one time has no order then
  EXPECT_ORDER(stage, "third stopped@1 s [first second body]@1 s",
               "errors in the order in which they came, the body's last; who was only stopped has "
               "no error");
}

TEST(Step2_Failure, OfTheBodyStopsTheChildren) {  // TG-04
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.work("child", 9s));
      co_await sleep(1s);
      group.create_task(s.work("never started", 9s));
      throw std::runtime_error("body");
    };
    co_await s.outcome(aio::task_group(body));
  }(stage));
  EXPECT_ORDER(stage, "child stopped@1 s [body]@1 s",
               "leave() asks the children to stop before it waits; a child that had not begun "
               "never does");
}

TEST(Step2_Failure, IsNotThatAChildWasCancelled) {  // TG-05
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      const Task<int> one = group.create_task(s.work("one", 9s));
      group.create_task([]() -> Coro<> {
        throw CancelledError();
        co_return;
      }());
      group.create_task(s.work("other", 3s));
      co_await sleep(1s);
      one.cancel();
      co_await s.work("body", 1s);
    };
    co_await s.outcome(aio::task_group(body));
  }(stage));
  EXPECT_ORDER(stage, "one stopped@1 s body done@2 s other done@3 s over@3 s",
               "a cancelled child is only struck off the list");
}

TEST(Step2_Failure, IsNotReportedAgain) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const tests::Reports reports;
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.fail("a", 1s));
      group.create_task(s.fail("b", 1s));
      co_return;
    };
    co_await s.outcome(aio::task_group(body));
    for (const std::string& message : reports.messages) s.said(message + " reported");
  }(stage));
  if (tests::seed()) return;  // what happens at one time has no order then
  EXPECT_ORDER(stage, "[a b]@1 s",
               "what the group throws counts as seen: the exception handler must not tell it again",
               LooksLike{std::string("[a b]@1 s a reported"), "failures-are-told-twice"});
}

TEST(Step2_Failure, ReachesTheBodyThatAwaitsTheChildAsARequestToStop) {  // TG-16
  if (tests::seed()) GTEST_SKIP() << "about the order of two callbacks of one future";
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      const Task<> child = group.create_task(s.fail("child", 1s));
      try {
        co_await child;
      } catch (const CancelledError&) {
        s.said("body was stopped");
        throw;
      } catch (const std::runtime_error&) {
        s.said("body has the error");
      }
    };
    co_await s.outcome(aio::task_group(body));
  }(stage));
  EXPECT_ORDER(stage, "body was stopped [child]@1 s",
               "the group hears of a child before anybody else who waits for it");
}

TEST(Step2_Failure, TheBodyMayGoOnAfterTheRequest) {  // TG-10
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.fail("child", 1s));
      try {
        co_await sleep(9s);
      } catch (const CancelledError&) {
      }
      EXPECT_THROW(group.create_task(s.work("late", 1s)), InvalidStateError)
          << "Likely cause: a group that shuts down takes no more children: check_open() looks "
             "at aborting_ too";
      co_await s.work("body", 2s);
    };
    co_await s.outcome(aio::task_group(body));
    EXPECT_STORY(s.story, requests(), 0, "the group's own request must be taken back");
  }(stage));
  EXPECT_ORDER(stage, "body done@3 s [child]@3 s", "the failure is thrown when the body ends");
}

TEST(Step2_Failure, AFatalErrorGoesFirst) {  // TG-18
  struct Fatal : aio::FatalError {};
  Stage stage;
  const auto main = [](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.work("child", 9s));
      co_await sleep(1s);
      throw Fatal();
    };
    try {
      co_await aio::task_group(body);
    } catch (const Fatal&) {
      s.said("Fatal@" + s.time());
    }
  };
  stage.run(main(stage));
  EXPECT_ORDER(stage, "child stopped@1 s Fatal@1 s", "it is thrown bare, after the last child");
}

// ── step 15.3: the owner is cancelled ──

/// Runs a block in a task, and cancels that at each of `times`.
Coro<> cancel_at(Stage& s, Coro<> block, std::vector<Clock::duration> times) {
  const Task<> owner = create_task(s.outcome(std::move(block)));
  for (const Clock::duration time : times) {
    co_await sleep(time - s.clock.now().time_since_epoch());
    owner.cancel();
  }
  co_await owner;
}

TEST(Step3_Cancel, ReachesTheChildren) {  // TG-06
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.slow_to_stop("slow", 2s));
      group.create_task(s.work("other", 9s));
      co_return;
    };
    co_await cancel_at(s, aio::task_group(body), std::vector<Clock::duration>(1, 1s));
  }(stage));
  if (tests::seed()) return;  // what happens at one time has no order then
  EXPECT_ORDER(stage, "slow stopping@1 s other stopped@1 s slow stopped@3 s CancelledError@3 s",
               "the wait for the children is cancelled: they are asked to stop, the owner waits "
               "on, and the request leaves the block after the last of them");
}

TEST(Step3_Cancel, ReachesTheBodyAndTheChildren) {  // TG-06
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.work("child", 9s));
      co_await s.work("body", 9s);
    };
    co_await cancel_at(s, aio::task_group(body), std::vector<Clock::duration>(1, 1s));
  }(stage));
  EXPECT_ORDER(stage, "body stopped@1 s child stopped@1 s CancelledError@1 s",
               "the body ends with CancelledError: the children are asked, and it is thrown on");
}

TEST(Step3_Cancel, ASecondRequestDoesNotStopTheChildrenTwice) {  // TG-08
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.slow_to_stop("slow", 5s));
      co_return;
    };
    const auto block = [&]() -> Coro<> {
      try {
        co_await aio::task_group(body);
      } catch (const CancelledError&) {
        s.said(std::to_string(requests()) + " requests");
        throw;
      }
    };
    std::vector<Clock::duration> times(1, 1s);
    times.push_back(2s);
    co_await cancel_at(s, block(), std::move(times));
  }(stage));
  EXPECT_ORDER(stage, "slow stopping@1 s slow stopped@6 s 2 requests CancelledError@6 s",
               "children are asked once; the owner waits on, and all requests stay counted");
}

TEST(Step3_Cancel, AFailureMeanwhileIsThrownAndTheRequestComesAgain) {  // TG-07
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.fail_when_stopped("child"));
      co_await sleep(9s);
    };
    const auto block = [&]() -> Coro<> {
      co_await s.outcome(aio::task_group(body));
      s.said(std::to_string(requests()) + " request");
      co_await s.work("next", 1s);
    };
    co_await cancel_at(s, block(), std::vector<Clock::duration>(1, 1s));
  }(stage));
  EXPECT_ORDER(stage, "[child]@1 s 1 request next stopped@1 s CancelledError@1 s",
               "the error goes first; the owner's next wait then delivers the request of others, "
               "which stays one request");
}

TEST(Step3_Cancel, ACancelledErrorThatNobodyRequestedPasses) {  // TG-17
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Future<> gone;
    gone.cancel();
    const auto body = [&](TaskGroup& group) -> Coro<> {
      group.create_task(s.work("child", 9s));
      co_await sleep(1s);
      co_await gone;
    };
    co_await s.outcome(aio::task_group(body));
    EXPECT_STORY(s.story, requests(), 0, "nobody has asked this task to stop");
  }(stage));
  EXPECT_ORDER(stage, "child stopped@1 s CancelledError@1 s",
               "the body's CancelledError stops the children, and is thrown on");
}

TEST(Step3_Cancel, UnderATimeoutTheChildrenEndFirst) {  // TG-20
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.slow_to_stop("child", 2s));
      co_return;
    };
    const auto block = [&body]() -> Coro<> { return aio::task_group(body); };
    co_await s.outcome(aio::timeout(1s, block));
    EXPECT_STORY(s.story, requests(), 0, "the timeout has taken its request back");
  }(stage));
  EXPECT_ORDER(stage, "child stopping@1 s child stopped@3 s TimeoutError@3 s",
               "TimeoutError comes after the last child");
}

TEST(Step3_Cancel, UnderATimeoutAFailureGoesFirst) {  // TG-20
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.fail_when_stopped("child"));
      co_return;
    };
    const auto block = [&body]() -> Coro<> { return aio::task_group(body); };
    aio::Timeout limit(1s);
    co_await s.outcome(aio::timeout(limit, block));
    EXPECT_STORY(s.story, limit.expired(), true, "the timeout only says that it has expired");
    EXPECT_STORY(s.story, requests(), 0, "the timeout has taken its request back");
    co_await s.work("next", 1s);
  }(stage));
  EXPECT_ORDER(stage, "[child]@1 s next done@2 s",
               "the error passes, and no request is left over for the next wait");
}

TEST(Step3_Nested, TheInnerGroupIsOneFailureOfTheOuter) {  // TG-13
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto inner = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.fail("a", 1s));
      group.create_task(s.fail("b", 1s));
      co_return;
    };
    const auto outer = [&](TaskGroup& group) -> Coro<> {
      group.create_task(s.work("child", 9s));
      co_await aio::task_group(inner);
    };
    co_await s.outcome(aio::task_group(outer));
    EXPECT_STORY(s.story, requests(), 0, "each group takes its own request back");
  }(stage));
  if (tests::seed()) return;  // what happens at one time has no order then
  EXPECT_ORDER(stage, "child stopped@1 s [[a b]]@1 s", "groups nest as blocks do");
}

TEST(Step3_Nested, AnOuterFailureStopsTheInnerGroupFirst) {  // TG-14
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto inner = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.slow_to_stop("inner child", 2s));
      co_return;
    };
    const auto outer = [&](TaskGroup& group) -> Coro<> {
      group.create_task(s.fail("outer", 1s));
      co_await aio::task_group(inner);
    };
    co_await s.outcome(aio::task_group(outer));
    EXPECT_STORY(s.story, requests(), 0, "each group takes its own request back");
  }(stage));
  EXPECT_ORDER(stage, "inner child stopping@1 s inner child stopped@3 s [outer]@3 s",
               "for the inner group it is a request of somebody else: it passes CancelledError on");
}

TEST(Step3_Nested, IfBothFailTheInnerErrorComesFirst) {  // TG-15
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto inner = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.fail("inner", 1s));
      co_await sleep(9s);
    };
    const auto outer = [&](TaskGroup& group) -> Coro<> {
      group.create_task(s.fail("outer", 1s));
      co_await s.outcome(aio::task_group(inner));
      s.said(std::to_string(requests()) + " request");
      co_await s.work("outer body", 1s);
    };
    co_await s.outcome(aio::task_group(outer));
    EXPECT_STORY(s.story, requests(), 0, "each group takes its own request back");
  }(stage));
  if (tests::seed()) return;  // what happens at one time has no order then
  EXPECT_ORDER(stage, "[inner]@1 s 1 request outer body stopped@1 s [outer]@1 s",
               "the inner group leaves the outer one's request counted, to be delivered next");
}

// ── step 15.4: a quiet end ──

TEST(Step4_Quiet, CancelEndsTheBlockQuietly) {  // TG-21
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.slow_to_stop("child", 2s));
      aio::running_loop().call_later(1s, [&group] {
        group.cancel();
        group.cancel();
      });
      co_await s.work("body", 9s);
    };
    TaskGroup group;
    const auto block = [&]() -> Coro<> { co_await aio::task_group(group, body); };
    co_await s.outcome(block());
    group.cancel();
    EXPECT_STORY(s.story, requests(), 0, "the group's own request must be taken back");
  }(stage));
  if (tests::seed()) return;  // what happens at one time has no order then
  EXPECT_ORDER(stage, "child stopping@1 s body stopped@1 s child stopped@3 s over@3 s",
               "cancel() asks everybody once, and the block ends without an error");
}

TEST(Step4_Quiet, CancelBeforeTheBlockEndsItAsItBegins) {  // TG-21
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    TaskGroup group;
    try {
      group.cancel();
    } catch (const InvalidStateError& error) {
      s.said(std::string("cancel: ") + error.what());
    }
    const auto body = [&s](TaskGroup&) -> Coro<> { co_await s.work("body", 9s); };
    const auto block = [&]() -> Coro<> { co_await aio::task_group(group, body); };
    co_await s.outcome(block());
  }(stage));
  EXPECT_ORDER(stage, "body stopped@0 ms over@0 ms",
               "cancel() notes it in cancel_on_entry_, and enter() carries it out when the group "
               "has an owner and is open");
}

TEST(Step4_Quiet, CancelAfterTheBlockDoesNothing) {  // TG-21
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    TaskGroup group;
    const auto body = [&s](TaskGroup& g) -> Coro<> {
      g.create_task(s.work("child", 1s));
      co_return;
    };
    const auto block = [&]() -> Coro<> { co_await aio::task_group(group, body); };
    co_await s.outcome(block());
    group.cancel();
    EXPECT_STORY(s.story, requests(), 0, "the block is over: there is nobody to be asked");
  }(stage));
  EXPECT_ORDER(stage, "child done@1 s over@1 s", "a block that has ended cannot be stopped");
}

TEST(Step4_Quiet, ARequestOfOthersOutlastsAQuietEnd) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.slow_to_stop("child", 2s));
      co_await sleep(1s);
      group.cancel();
    };
    co_await cancel_at(s, aio::task_group(body), std::vector<Clock::duration>(1, 2s));
  }(stage));
  EXPECT_ORDER(stage, "child stopping@1 s child stopped@3 s CancelledError@3 s",
               "a request of somebody else comes while the group ends: settle_requests() finds "
               "it left over, and CancelledError leaves the block");
}

// ── what a group has besides ──

TEST(TaskGroup_Limit, LetsOnlySoManyRun) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    TaskGroup limited(aio::AtMost(2));
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      for (const char* name : {"a", "b", "c"}) group.create_task(s.work(name, 1s));
      co_return;
    };
    const auto block = [&]() -> Coro<> { co_await aio::task_group(limited, body); };
    co_await s.outcome(block());
  }(stage));
  if (tests::seed()) return;  // what happens at one time has no order then
  EXPECT_ORDER(stage, "a done@1 s b done@1 s c done@2 s over@2 s", "two permits for three");
}

TEST(TaskGroup_Limit, WhoHasNotHadATurnNeverStarts) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    TaskGroup limited(aio::AtMost(1));
    const auto body = [&s](TaskGroup& group) -> Coro<> {
      group.create_task(s.fail("a", 1s));
      group.create_task(s.work("b", 1s));
      co_return;
    };
    const auto block = [&]() -> Coro<> { co_await aio::task_group(limited, body); };
    co_await s.outcome(block());
  }(stage));
  if (tests::seed()) return;  // what happens at one time has no order then
  EXPECT_ORDER(stage, "[a]@1 s", "b waits for its turn, and is cancelled there");
  EXPECT_THROW(aio::AtMost(0), std::invalid_argument);
}

TEST(TaskGroup_Start, WaitsUntilTheChildIsReady) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto server = [&s](aio::Started<int> started) -> Coro<> {
      co_await sleep(1s);
      started(8080);
      co_await s.work("server", 5s);
    };
    const auto body = [&](TaskGroup& group) -> Coro<> {
      const int port = co_await group.start<int>(server, "server");
      s.said(std::to_string(port) + "@" + s.time());
    };
    co_await s.outcome(aio::task_group(body));
  }(stage));
  EXPECT_ORDER(stage, "8080@1 s server done@6 s over@6 s", "the child goes on after it is ready");
}

TEST(TaskGroup_Start, AFailureBeforeThatIsTheCallers) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto server = [&s](aio::Started<>) -> Coro<> { co_await s.fail("no port", 1s); };
    const auto forgetful = [](aio::Started<>) -> Coro<> { co_return; };
    const auto body = [&](TaskGroup& group) -> Coro<> {
      co_await s.outcome(group.start(server));
      co_await s.outcome(group.start(forgetful));
      co_await s.work("body", 1s);
    };
    co_await s.outcome(aio::task_group(body));
  }(stage));
  EXPECT_ORDER(stage,
               "no port@1 s start: the task has ended without saying that it was ready@1 s body "
               "done@2 s over@2 s",
               "who waits for the start handles it; the group goes on");
}

TEST(TaskGroup_Start, WhoStopsWaitingStopsTheChild) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto server = [&s](aio::Started<>) -> Coro<> { co_await s.work("server", 9s); };
    const auto body = [&](TaskGroup& group) -> Coro<> {
      const auto start = [&]() -> Coro<> { return group.start(server); };
      co_await s.outcome(aio::timeout(1s, start));
    };
    co_await s.outcome(aio::task_group(body));
  }(stage));
  EXPECT_ORDER(stage, "TimeoutError@1 s server stopped@1 s over@1 s", "nobody is left behind");
}

TEST(TaskGroup_Close, ALoopThatIsClosedTakesGroupAndChildrenAlong) {
  Stage stage;
  const auto stubborn = [](Stage& s) -> Coro<> {
    const auto child = []() -> Coro<> {
      for (;;) {
        try {
          co_await sleep(1h);
        } catch (const CancelledError&) {
        }
      }
    };
    TaskGroup limited(aio::AtMost(1));
    const auto body = [&](TaskGroup& group) -> Coro<> {
      group.create_task(child());
      group.create_task(child());
      co_await s.work("body", 1s);
    };
    co_await aio::task_group(limited, body);
  };
  aio::EventLoop loop(aio::LoopOptions{.clock = &stage.clock});
  const auto owner = loop.create_task(stubborn(stage));
  for (int i = 0; i < 5; ++i) loop.run_once();
  loop.close();
  EXPECT_TRUE(owner.cancelled());
}

// ── step 15.5: with ──

/// Something that takes a second to be closed.
struct Door {
  Stage& stage;
  bool broken = false;
  Door(Stage& owner, bool fails) : stage(owner), broken(fails) {}
  Coro<> aclose() {
    try {
      co_await sleep(1s);
    } catch (const CancelledError&) {
      stage.said("closing stopped@" + stage.time());
      throw;
    }
    if (broken) throw std::runtime_error("jammed");
    stage.said("closed@" + stage.time());
  }
};

TEST(Step5_With, ClosesAfterTheBody) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto body = [&s](Door&) -> Coro<int> { return s.work("body", 1s, 5); };
    Door door(s, false);
    EXPECT_STORY(s.story, co_await aio::with(door, body), 5, "the body's result is with()'s");
    s.said("over@" + s.time());
  }(stage));
  EXPECT_ORDER(stage, "body done@1 s closed@2 s over@2 s", "aclose() is awaited before the end");
}

TEST(Step5_With, ClosesWhateverTheBodyThrows) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Door door(s, false);
    const auto body = [&s](Door&) -> Coro<> { return s.fail("body", 1s); };
    co_await s.outcome(aio::with(door, body));
  }(stage));
  EXPECT_ORDER(stage, "closed@2 s body@2 s", "the body's error is kept while aclose() runs");
}

TEST(Step5_With, ClosesWhenItIsCancelled) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Door door(s, false);
    const auto body = [&s](Door&) -> Coro<> { co_await s.work("body", 9s); };
    co_await cancel_at(s, aio::with(door, body), std::vector<Clock::duration>(1, 1s));
  }(stage));
  EXPECT_ORDER(stage, "body stopped@1 s closed@2 s CancelledError@2 s",
               "the request was delivered to the body: aclose() can wait as usual");
}

TEST(Step5_With, TwoErrorsAreThrownTogether) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Door door(s, true);
    const auto good = [&s](Door&) -> Coro<int> { return s.work("body", 1s); };
    co_await s.outcome(aio::with(door, good));
    const auto bad = [&s](Door&) -> Coro<> { return s.fail("body", 1s); };
    co_await s.outcome(aio::with(door, bad));
  }(stage));
  EXPECT_ORDER(stage, "body done@1 s jammed@2 s [body jammed]@4 s", "neither error is lost");
}

TEST(Step5_With, ARequestToStopOutlastsAnErrorOfClosing) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto block = [&s]() -> Coro<> {
      Door door(s, true);
      const auto body = [&s](Door&) -> Coro<> { co_await s.work("body", 9s); };
      co_await s.outcome(aio::with(door, body));
      co_await s.work("next", 1s);
    };
    co_await cancel_at(s, block(), std::vector<Clock::duration>(1, 1s));
  }(stage));
  EXPECT_ORDER(stage, "body stopped@1 s jammed@2 s next stopped@2 s CancelledError@2 s",
               "the failure is thrown; the request comes again at the next wait");
}

TEST(Step5_With, ASecondRequestMayStopTheClosing) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto block = [&s]() -> Coro<> {
      Door door(s, false);
      const auto body = [&s](Door&) -> Coro<> { co_await s.fail("body", 1s); };
      co_await s.outcome(aio::with(door, body));
      co_await s.work("next", 1s);
    };
    co_await cancel_at(s, block(), std::vector<Clock::duration>(1, 1500ms));
  }(stage));
  EXPECT_ORDER(stage,
               "closing stopped@1500 ms body@1500 ms next stopped@1500 ms CancelledError@1500 ms",
               "the body's error goes first, and the request comes again at the next wait");
}

TEST(Step5_With, ALimitShieldsTheClosing) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Door door(s, false);
    const auto body = [&s](Door&) -> Coro<int> { return s.work("body", 1s); };
    const auto block = [&]() -> Coro<> { co_await aio::with(door, body, 5s); };
    co_await cancel_at(s, block(), std::vector<Clock::duration>(1, 1500ms));
  }(stage));
  EXPECT_ORDER(stage, "body done@1 s closed@2 s CancelledError@2 s",
               "a request that comes while it closes is thrown after it");
}

TEST(Step5_With, KeepsWhatIsHandedOver) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto alive = std::make_shared<int>(0);
    struct Kept {
      std::shared_ptr<int> alive;
      explicit Kept(std::shared_ptr<int> what) : alive(std::move(what)) {}
      Coro<> aclose() { co_await sleep(1s); }
    };
    const auto body = [](Kept& kept) -> Coro<long> {
      co_await sleep(1s);
      co_return kept.alive.use_count();
    };
    Kept kept(alive);
    EXPECT_STORY(s.story, co_await aio::with(std::move(kept), body), 2L,
                 "what is handed over lives until with() has ended");
    EXPECT_STORY(s.story, alive.use_count(), 1L, "and ends with it");
  }(stage));
}

// ── limits that are no error, and work that is finished ──

TEST(MoveOnAfter, GivesTheResultOrNothing) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto quick = [&s]() -> Coro<int> { return s.work("quick", 1s, 3); };
    const auto slow = [&s]() -> Coro<int> { return s.work("slow", 9s, 3); };
    const auto silent = [&s]() -> Coro<> { co_await s.work("silent", 9s); };
    EXPECT_EQ(co_await aio::move_on_after(2s, quick), std::optional(3));
    EXPECT_EQ(co_await aio::move_on_after(2s, slow), std::nullopt);
    EXPECT_EQ(co_await aio::move_on_after(2s, silent), false);
    EXPECT_EQ(co_await aio::move_on_after(20s, silent), true);
    EXPECT_EQ(requests(), 0);
  }(stage));
  EXPECT_ORDER(stage, "quick done@1 s slow stopped@3 s silent stopped@5 s silent done@14 s",
               "a body that is late is cancelled, and nothing is thrown");
}

TEST(MoveOnAfter, ThrowsWhatIsNotItsOwn) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto failing = [&s]() -> Coro<> { co_await s.fail("body", 1s); };
    co_await s.outcome(aio::move_on_after(2s, failing));
    const auto late = []() -> Coro<> {
      try {
        co_await sleep(9s);
      } catch (const CancelledError&) {
      }
      throw aio::TimeoutError("the body's own");
    };
    co_await s.outcome(aio::move_on_after(2s, late));
    const auto patient = [&s]() -> Coro<> { co_await s.work("patient", 9s); };
    const auto block = [&]() -> Coro<> { co_await aio::move_on_after(1h, patient); };
    co_await cancel_at(s, block(), std::vector<Clock::duration>(1, 4s));
  }(stage));
  EXPECT_ORDER(stage, "body@1 s TimeoutError@3 s patient stopped@4 s CancelledError@4 s",
               "errors of the body and requests of others pass");
}

TEST(FinishWithin, WorksToTheEndWhoeverAsks) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto block = [&s]() -> Coro<> { co_await aio::finish_within(5s, s.work("commit", 3s)); };
    std::vector<Clock::duration> times(1, 1s);
    times.push_back(2s);
    co_await cancel_at(s, block(), std::move(times));
  }(stage));
  EXPECT_ORDER(stage, "commit done@3 s CancelledError@3 s", "the request comes after the work");
}

TEST(FinishWithin, HasALimit) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    co_await s.outcome(aio::finish_within(1s, s.slow_to_stop("flush", 1s)));
    co_await s.outcome(aio::finish_within(1s, s.work("commit", 9s)));
    co_await s.outcome(aio::finish_within(9s, s.fail("broken", 1s)));
    const int result = co_await aio::finish_within(9s, s.work("commit", 1s, 6));
    EXPECT_EQ(result, 6);
  }(stage));
  EXPECT_ORDER(stage,
               "flush stopping@1 s flush stopped@2 s over@2 s commit stopped@3 s TimeoutError@3 s "
               "broken@4 s commit done@5 s",
               "after the limit the work is cancelled, and waited for");
}

TEST(FinishWithin, AnErrorGoesBeforeARequest) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto block = [&s]() -> Coro<> {
      co_await s.outcome(aio::finish_within(5s, s.fail("rollback", 3s)));
      co_await s.work("next", 1s);
    };
    co_await cancel_at(s, block(), std::vector<Clock::duration>(1, 1s));
  }(stage));
  EXPECT_ORDER(stage, "rollback@3 s next stopped@3 s CancelledError@3 s",
               "the request is delivered at the next wait");
}

// ── races ──

/// Runs a race of attempts, and says how it ended: winner, and each attempt's error.
Coro<> race(Stage& s, std::vector<aio::Attempt<int>> attempts, std::optional<aio::Delay> delay) {
  const aio::Race<int> race = co_await aio::staggered_race(std::move(attempts), delay);
  std::string text = race.winner ? std::to_string(*race.winner) + " wins" : "nobody wins";
  if (race.value) text += " with " + std::to_string(*race.value);
  for (const std::exception_ptr& error : race.errors) {
    text += error == nullptr ? ", -" : ", " + aio::message_of(error);
  }
  s.said(text + "@" + s.time());
}

/// An attempt that succeeds or fails after a while.
aio::Attempt<int> attempt(Stage& s, std::string name, Clock::duration takes, bool succeeds) {
  return [&s, name, takes, succeeds] { return s.attempt(name, takes, succeeds); };
}

template <class... A>
std::vector<aio::Attempt<int>> list_of(A... attempts) {
  std::vector<aio::Attempt<int>> list;
  (list.push_back(std::move(attempts)), ...);
  return list;
}

TEST(StaggeredRace, TheNextOneBeginsAfterTheDelay) {  // STAG-01 STAG-03
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto attempts =
        list_of(attempt(s, "a", 9s, true), attempt(s, "b", 1s, true), attempt(s, "c", 1s, true));
    co_await race(s, std::move(attempts), 2s);
  }(stage));
  EXPECT_ORDER(stage,
               "a begins@0 ms b begins@2 s b done@3 s a stopped@3 s 1 wins with 7, CancelledError, "
               "-@3 s",
               "the first success cancels the others; who has not begun has no entry");
}

TEST(StaggeredRace, AFailureBringsTheNextOneForward) {  // STAG-01 STAG-03
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto attempts = list_of(attempt(s, "a", 1s, false), attempt(s, "b", 3s, true));
    co_await race(s, std::move(attempts), 1h);
  }(stage));
  EXPECT_ORDER(stage,
               "a begins@0 ms a done@1 s b begins@1 s b done@4 s 1 wins with 7, a fails, -@4 s",
               "there is no reason to wait for the delay when the one before has failed");
}

TEST(StaggeredRace, OnlyTheFailureOfTheOneBeforeCounts) {  // STAG-01
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto attempts =
        list_of(attempt(s, "a", 3s, false), attempt(s, "b", 9s, true), attempt(s, "c", 1s, true));
    co_await race(s, std::move(attempts), 2s);
  }(stage));
  EXPECT_ORDER(stage,
               "a begins@0 ms b begins@2 s a done@3 s c begins@4 s c done@5 s b stopped@5 s 2 wins "
               "with 7, a fails, CancelledError, -@5 s",
               "while b runs, c waits for its own delay");
}

TEST(StaggeredRace, WithoutADelayOneAfterTheOther) {  // STAG-02
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto attempts = list_of(attempt(s, "a", 9s, false), attempt(s, "b", 1s, true));
    co_await race(s, std::move(attempts), std::nullopt);
  }(stage));
  EXPECT_ORDER(stage,
               "a begins@0 ms a done@9 s b begins@9 s b done@10 s 1 wins with 7, a fails, -@10 s",
               "only a failure moves on");
}

TEST(StaggeredRace, NobodyMayWin) {  // STAG-04
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    co_await race(s, std::vector<aio::Attempt<int>>(), 1s);
    auto attempts = list_of(attempt(s, "a", 3s, false), attempt(s, "b", 1s, false));
    co_await race(s, std::move(attempts), 1s);
  }(stage));
  EXPECT_ORDER(stage,
               "nobody wins@0 ms a begins@0 ms b begins@1 s b done@2 s a done@3 s nobody wins, a "
               "fails, b fails@3 s",
               "nothing is thrown");
}

TEST(StaggeredRace, EndsAfterTheLosers) {  // STAG-05
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto stop_slowly = [&s]() -> Coro<int> {
      co_await s.slow_to_stop("slow", 3s);
      co_return 1;
    };
    aio::Attempt<int> slow = [&stop_slowly] { return stop_slowly(); };
    auto attempts = list_of(std::move(slow), attempt(s, "b", 1s, true));
    co_await race(s, std::move(attempts), 1s);
  }(stage));
  EXPECT_ORDER(stage,
               "b begins@1 s b done@2 s slow stopping@2 s slow stopped@5 s 1 wins with 7, -, -@5 s",
               "a loser that answers the request with a success has lost all the same");
}

TEST(StaggeredRace, CancellingItCancelsEveryAttempt) {  // STAG-06
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto block = [&s]() -> Coro<> {
      auto attempts = list_of(attempt(s, "a", 9s, true), attempt(s, "b", 9s, true));
      co_await race(s, std::move(attempts), 1s);
    };
    co_await cancel_at(s, block(), std::vector<Clock::duration>(1, 2s));
  }(stage));
  if (tests::seed()) return;  // what happens at one time has no order then
  EXPECT_ORDER(stage, "a begins@0 ms b begins@1 s a stopped@2 s b stopped@2 s CancelledError@2 s",
               "it ends after all of them");
}

// ── exception groups ──

std::exception_ptr error(const char* message) {
  return std::make_exception_ptr(std::runtime_error(message));
}
ExceptionGroup two_deep() {
  const auto refused = std::make_exception_ptr(
      std::system_error(std::make_error_code(std::errc::connection_refused), "connect"));
  const ExceptionGroup inner("inner", std::vector{error("b"), refused});
  return ExceptionGroup("outer", std::vector{error("a"), std::make_exception_ptr(inner)});
}

TEST(ExceptionGroups, AreTakenApartByType) {
  struct Other {};
  const ExceptionGroup group = two_deep();
  EXPECT_EQ(group.count(), 3u);
  std::vector<int> codes;
  group.for_each<std::system_error>(
      [&](const std::system_error& each) { codes.push_back(each.code().value()); });
  EXPECT_EQ(codes, std::vector{ECONNREFUSED});
  EXPECT_EQ(shape(group.only<std::system_error>().value()), "[[connect: Connection refused]]");
  EXPECT_EQ(shape(group.without<std::system_error>().value()), "[a [b]]");
  EXPECT_EQ(group.only<Other>(), std::nullopt);
  EXPECT_EQ(group.without<std::exception>(), std::nullopt);
}

TEST(ExceptionGroups, ArePrintedAsATree) {
  EXPECT_EQ(two_deep().tree(),
            "outer\n"
            "├─ a\n"
            "└─ inner\n"
            "   ├─ b\n"
            "   └─ connect: Connection refused");
}

TEST(ExceptionGroups, AreNeverEmpty) {
  EXPECT_THROW(ExceptionGroup("none", {}), std::invalid_argument);
  EXPECT_THROW(ExceptionGroup("null", {nullptr}), std::invalid_argument);
}

}  // namespace
