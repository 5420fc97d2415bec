// Lesson 08: many at once. gather, wait, as_completed.

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <aio/as_completed.hpp>
#include <aio/gather.hpp>
#include <aio/support/todo.hpp>
#include <aio/task.hpp>
#include <aio/wait.hpp>

#include "support/allocations.hpp"
#include "support/leftovers.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Clock, aio::Coro, aio::Future, aio::ReturnWhen, aio::Task;
using aio::TimeoutError, aio::create_task, aio::gather, aio::return_exceptions, aio::sleep;
using tests::Seen;

const auto compiled_wait = tests::compiled_from(aio::layers::wait);
const auto compiled_as_completed = tests::compiled_from(aio::layers::as_completed);
const auto compiled_gather = tests::compiled_from(aio::layers::gather);

/// Where coroutines play, and the roles.
struct Stage : tests::Stage {
  template <class T>
  T run(Coro<T> main) {
    try {
      return tests::Stage::run(std::move(main));
    } catch (const aio::Todo& todo) {
      if (!comes_from_giving_up(todo)) throw;
      if (suite().starts_with("Step2_")) throw_if_failures_are_unwritten();
      throw std::logic_error(
          "the gather is not done, and nothing is left that could complete it: do all children "
          "count, those that are done already too, and does the last one end it?");
    }
  }
  static std::string suite() {
    return testing::UnitTest::GetInstance()->current_test_info()->test_suite_name();
  }
  /// When nothing can happen any more, what still waits is cancelled. Before step 8.3 is written
  /// that would be all that a learner hears of it.
  static bool comes_from_giving_up(const aio::Todo& todo) {
    const bool is_earlier = suite().starts_with("Step1_") || suite().starts_with("Step2_");
    return is_earlier && todo.step == "8.3";
  }
  /// Step 8.2 may be what is missing: its Todo ended the run, which then gave up.
  static void throw_if_failures_are_unwritten() {
    tests::VirtualLoop v;
    v.loop.call_soon([] {
      Future<int> failed;
      failed.set_exception(std::runtime_error("a failure"));
      (void)gather(failed);
    });
    v.loop.run_once();
  }

  /// Sleeps, and says how it ended.
  Coro<int> work(Clock::duration time, int result) {
    try {
      co_await sleep(time);
    } catch (const CancelledError&) {
      said("cancelled" + std::to_string(result) + "@" + this->time());
      throw;
    }
    said("worked" + std::to_string(result) + "@" + this->time());
    co_return result;
  }
  /// The same, and fails in the end.
  Coro<int> broken(Clock::duration time, std::string what) {
    co_await sleep(time);
    said("threw_" + what + "@" + this->time());
    throw std::runtime_error(what);
  }
  /// Takes `more` to clean up when it is cancelled.
  Coro<int> slow_to_stop(Clock::duration more, int result, bool obeys = true) {
    bool asked = false;
    try {
      co_await sleep(1h);
    } catch (const CancelledError&) {
      asked = true;
    }
    if (asked) co_await sleep(more);
    said("cleaned" + std::to_string(result) + "@" + time());
    if (obeys) throw CancelledError();
    co_return result;
  }
  /// Says how an awaitable ends, and goes on.
  template <class A>
  Coro<> tell(A awaitable) {
    return tests::Stage::tell(std::move(awaitable), true);
  }
  /// Says what the exception handler is told.
  void watch_reports() {
    aio::running_loop().set_exception_handler([this](const aio::ExceptionContext& context) {
      said("reported(" + aio::message_of(context.exception) + ")");
    });
  }
};

std::string what(const std::exception_ptr& failure) {
  if (failure == nullptr) return "none";
  try {
    std::rethrow_exception(failure);
  } catch (const CancelledError&) {
    return "CancelledError";
  } catch (const std::exception& error) {
    return error.what();
  }
}

Coro<int> answer(int value) { co_return value; }

/// Which of `all` these are, counted from 1: "1 3".
template <class Handle>
std::string which(const std::vector<Handle>& some, const std::vector<Handle>& all) {
  std::string joined;
  for (const Handle& handle : some) {
    const auto place = std::find(all.begin(), all.end(), handle) - all.begin();
    joined += (joined.empty() ? "" : " ") + std::to_string(place + 1);
  }
  return joined;
}

std::string text(const std::vector<int>& values) {
  std::string joined;
  for (const int value : values) joined += (joined.empty() ? "" : " ") + std::to_string(value);
  return joined;
}

// ── step 8.1: results in the order of the arguments ──

TEST(Step1_Gather, KeepsTheOrderOfTheArguments) {  // GATHER-01
  Stage stage;
  const auto results = stage.run([](Stage& s) -> Coro<std::vector<int>> {
    std::vector<Coro<int>> all;
    all.push_back(s.work(3s, 1));
    all.push_back(s.work(1s, 2));
    all.push_back(s.work(2s, 3));
    co_return co_await gather(std::move(all));
  }(stage));
  EXPECT_STORY(stage.story, text(results), std::string("1 2 3"),
               "the results are collected as the children finish",
               Seen{std::string("2 3 1"), "completion-order"});
  EXPECT_STORY(stage.story, stage.time(), "3 s", "the children run one after the other");
}

TEST(Step1_Gather, GivesATupleWhenTypesDiffer) {  // GATHER-01
  Stage stage;
  static int there = 5;
  stage.run([](Stage& s) -> Coro<> {
    const auto owner = []() -> Coro<std::unique_ptr<int>> { co_return std::make_unique<int>(9); };
    const auto refer = []() -> Coro<int&> { co_return there; };
    auto results = co_await gather(s.work(2s, 1), sleep(1s), owner(), refer());
    static_assert(std::is_same_v<std::tuple_element_t<1, decltype(results)>, std::monostate>);
    EXPECT_STORY(s.story, std::get<0>(results), 1,
                 "the first entry is the result of the first child");
    EXPECT_STORY(s.story, *std::get<2>(results), 9,
                 "the third entry is the result of the third child");
    EXPECT_STORY(s.story, &std::get<3>(results), &there,
                 "a reference stays one: the entry refers to what the child refers to");
    std::vector<Coro<std::unique_ptr<int>>> owners;
    owners.push_back(owner());
    auto owned = co_await gather(std::move(owners));
    EXPECT_STORY(s.story, *owned.at(0), 9,
                 "a result that cannot be copied is moved into the vector");
  }(stage));
}

TEST(Step1_Gather, StartsInTheOrderOfTheArguments) {  // GATHER-02
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const auto start = [&s](std::string name) -> Coro<> {
      s.said(std::move(name));
      co_return;
    };
    auto both = gather(start("A"), start("B"));
    const Task<> later = create_task(start("C"));
    s.said("made");
    co_await both;
    co_await later;
  }(stage));
  if (tests::seed()) return;
  EXPECT_STORY(stage.story, stage.story.order(), "made A B C",
               "children are tasks: they start in order, in the next iteration");
}

TEST(Step1_Gather, OfNothingIsComplete) {  // GATHER-03
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto none = gather();
    EXPECT_STORY(
        s.story, none.done(), true,
        "nobody is left who could complete it: watch() has to do so when there are no children");
    co_await none;
    const auto empty = gather(std::vector<Coro<int>>());
    EXPECT_STORY(s.story, empty.done(), true, "the same holds for a vector that is empty");
    if (empty.done()) {
      EXPECT_STORY(s.story, empty.result().empty(), true,
                   "it is done, so its result is there: a vector without entries");
    }
    const auto kept = gather(return_exceptions, std::vector<Coro<>>());
    EXPECT_STORY(s.story, kept.done(), true, "the same holds with return_exceptions");
  }(stage));
}

TEST(Step1_Gather, OfDoneChildrenIsCompleteAtOnce) {  // GATHER-13
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Future<int> one, two;
    one.set_result(1);
    two.set_result(2);
    auto both = gather(one, two);
    EXPECT_STORY(s.story, both.done(), true,
                 "children that are done already count at once, in watch()");
    EXPECT_EQ(co_await both, std::tuple(1, 2))
        << "Likely cause: an entry is the result of its child";
    Future<int> pending;
    auto mixed = gather(one, pending);
    EXPECT_STORY(
        s.story, mixed.done(), false,
        "one child is pending, and the gather is done: a done child counts once, and only itself");
    pending.set_result(3);
    EXPECT_EQ(co_await mixed, std::tuple(1, 3)) << "Likely cause: the pending child is not hooked, "
                                                   "or the last child does not end the gather";
    EXPECT_STORY(s.story, one.result(), 1, "what is passed as an lvalue keeps its result");
  }(stage));
}

TEST(Step1_Gather, TakesTheSameFutureTwice) {  // GATHER-14
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> task = create_task(s.work(1s, 4));
    EXPECT_EQ(co_await gather(task, task, answer(5), task), std::tuple(4, 4, 5, 4))
        << "Likely cause: a child that is given three times has three entries, and is counted "
           "three times";
    const std::vector<Task<int>> same{task, task};
    const auto results = co_await gather(same);
    EXPECT_STORY(s.story, text(results), "4 4", "the same holds for a vector");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "worked4@1 s", "a task runs once");
}

TEST(Step1_Gather, LivesOnWithoutItsHandle) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    (void)gather(s.work(1s, 1), s.work(2s, 2));
    co_await sleep(3s);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "worked1@1 s worked2@2 s",
               "nobody keeps the gather until its last child is done");
}

TEST(Step1_Gather, IsGoneWhenItIsDone) {
  Stage stage;
  std::size_t holders = 0;
  stage.run([](Stage& s, std::size_t& left) -> Coro<> {
    const auto result = std::make_shared<int>(1);
    {
      const Future<std::shared_ptr<int>> child;
      const auto all = gather(child);
      s.story.step("gather(child), and the child has a result");
      child.set_result(result);
      co_await all;
    }
    s.story.step("nobody holds the child or the gather any more");
    co_await sleep(0s);
    left = static_cast<std::size_t>(result.use_count()) - 1;
  }(stage, holders));
  EXPECT_STORY(stage.story, holders, 0U,
               "the gather keeps itself, and its children, alive until let_go(): call it when the "
               "last child is done",
               Seen{std::size_t(2), "a-gather-that-stays"});
}

// ── step 8.2: failures ──

/// What is reported of a second outcome.
const std::string finished_twice =
    "reported(set_exception: this gather of 2, 0 not done is done already)";

TEST(Step2_Failures, TheFirstIsDeliveredAtOnceAndTheOthersGoOn) {  // GATHER-04
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    co_await s.tell(gather(s.work(3s, 1), s.broken(1s, "oops"), s.work(2s, 3)));
    co_await sleep(5s);
  }(stage));
  EXPECT_STORY(
      stage.story, stage.story.order(), "threw_oops@1 s oops@1 s worked3@2 s worked1@3 s",
      "the failure ends only the waiting, not the other children",
      Seen{"threw_oops@1 s cancelled1@1 s cancelled3@1 s oops@1 s", "a-failure-stops-the-others"});
}

TEST(Step2_Failures, LaterOnesAreNotReported) {  // GATHER-05
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    s.watch_reports();
    co_await s.tell(gather(s.broken(1s, "first"), s.broken(2s, "late")));
    co_await sleep(5s);
  }(stage));
  EXPECT_STORY(
      stage.story, stage.story.order(), "threw_first@1 s first@1 s threw_late@2 s",
      "a failure after the first was seen by the gather: mark it as asked for, and leave an "
      "outcome that is there already alone",
      Seen{"threw_first@1 s first@1 s threw_late@2 s " + finished_twice, "finishes-twice"});
}

TEST(Step2_Failures, TheLastChildMayBeTheOneThatFails) {  // GATHER-04
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    s.watch_reports();
    co_await s.tell(gather(s.work(1s, 1), s.broken(2s, "oops")));
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "worked1@1 s threw_oops@2 s oops@2 s",
               "a failure counts as seen, and is the outcome: the last child to end finishes the "
               "gather only if no failure has",
               Seen{"worked1@1 s threw_oops@2 s " + finished_twice + " oops@2 s", "finishes-twice"},
               Seen{std::string("worked1@1 s threw_oops@2 s reported(oops) oops@2 s"),
                    "a-seen-failure-is-reported"});
}

TEST(Step2_Failures, AreEntriesWithReturnExceptions) {  // GATHER-06
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> stopped = create_task(s.work(9s, 3));
    auto all = gather(return_exceptions, s.broken(1s, "oops"), s.work(2s, 2), stopped);
    co_await sleep(0s);
    stopped.cancel();
    try {
      auto [first, second, third] = co_await all;
      EXPECT_STORY(s.story, what(first.exception()), "oops",
                   "a failed child's entry is its exception");
      EXPECT_STORY(s.story, second.has_value(), true,
                   "a child that succeeded has its value as its entry");
      if (second.has_value()) {
        EXPECT_STORY(s.story, second.value(), 2, "its value is the child's result");
      }
      EXPECT_STORY(s.story, what(third.exception()), "CancelledError",
                   "the entry of a cancelled child is a CancelledError");
    } catch (const aio::Todo&) {
      throw;
    } catch (...) {
      const std::string thrown = what(std::current_exception());
      EXPECT_STORY(s.story, thrown, "nothing",
                   "with return_exceptions a failure is an entry, and nothing is thrown");
    }
  }(stage));
  EXPECT_STORY(stage.story, stage.time(), "2 s", "with return_exceptions it waits for all");
}

TEST(Step2_Failures, AreEntriesInAVector) {  // GATHER-06
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    s.watch_reports();
    std::vector<Coro<int>> all;
    all.push_back(s.broken(2s, "a"));
    all.push_back(s.work(1s, 2));
    all.push_back(s.broken(1s, "c"));
    const auto results = co_await gather(return_exceptions, std::move(all));
    EXPECT_STORY(s.story, what(results.at(0).exception()), "a",
                 "a failed child's entry is its exception");
    EXPECT_STORY(s.story, results.at(1).has_value(), true,
                 "a child that succeeded has its value as its entry");
    EXPECT_STORY(s.story, what(results.at(2).exception()), "c",
                 "a failed child's entry is its exception");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order().find("reported"), std::string::npos,
               "a failure that is kept as an entry was seen: mark it as asked for");
}

TEST(Step2_Failures, OneCancelledChildIsAFailureNotACancellation) {  // GATHER-11
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Future<int> stopped;
    auto both = gather(stopped, s.work(1s, 2));
    stopped.cancel();
    co_await sleep(0s);
    co_await sleep(0s);
    EXPECT_STORY(s.story, both.done(), true,
                 "a child that was cancelled stores no exception, its failure() is null: make one");
    EXPECT_STORY(s.story, both.cancelled(), false, "nobody cancelled the gather itself");
    if (both.done()) {
      EXPECT_STORY(s.story, what(both.exception()), "CancelledError",
                   "the gather fails with CancelledError");
    }
    co_await sleep(2s);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "worked2@1 s",
               "the siblings of a cancelled child go on");
}

TEST(Step2_Failures, ThatAreThereAlreadyFailItAtOnce) {  // GATHER-13 GATHER-04
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Future<int> failed;
    failed.set_exception(std::runtime_error("old"));
    auto both = gather(s.work(1s, 1), failed);
    EXPECT_STORY(s.story, both.done(), true,
                 "a child that has failed before is counted by watch(), at once");
    co_await s.tell(both);
    co_await sleep(2s);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "old@0 ms worked1@1 s",
               "a child that has failed before counts at once");
}

TEST(Step2_Failures, AGatherThatHasFailedHoldsNothing) {
  Stage stage;
  std::size_t holders = 0;
  stage.run([](Stage& s, std::size_t& left) -> Coro<> {
    const auto result = std::make_shared<int>(1);
    const Future<> slow;
    {
      Future<std::shared_ptr<int>> done;
      const Future<> broken;
      done.set_result(result);
      const auto all = gather(done, slow, broken);
      s.story.step("gather(done, slow, broken), and broken fails");
      broken.set_exception(std::runtime_error("oops"));
      co_await s.tell(all);
    }
    s.story.step("nobody holds the gather any more, nor what is done; slow goes on");
    co_await sleep(0s);
    left = static_cast<std::size_t>(result.use_count()) - 1;
    slow.set_result();
    co_await sleep(0s);
  }(stage, holders));
  EXPECT_STORY(stage.story, holders, 0U,
               "a gather that has failed needs no child any more: it lets go of itself, and leaves "
               "the lists of those that go on",
               tests::LooksLike{std::size_t(1), "a-failed-gather-stays"});
}

// ── step 8.3: cancelling ──

TEST(Step3_Cancel, ReachesEveryChildThatIsNotDone) {  // GATHER-07
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> done = create_task(s.work(1s, 1));
    auto all = gather(done, s.work(5s, 2), s.work(6s, 3));
    co_await sleep(2s);
    EXPECT_STORY(s.story, all.cancel(), true,
                 "two children took the request, so cancel() says yes");
    co_await s.tell(all);
    EXPECT_STORY(s.story, done.result(), 1, "a child that is done keeps its result");
    co_await sleep(9s);
  }(stage));
  EXPECT_STORY(
      stage.story, stage.story.order(),
      "worked1@1 s cancelled2@2 s cancelled3@2 s CancelledError@2 s",
      "cancelling the gather asks every child that is not done, and ends nothing itself: "
      "the first child that was stopped ends the gather",
      Seen{"worked1@1 s cancelled2@2 s CancelledError@2 s worked3@6 s", "asks-only-the-first"},
      Seen{"worked1@1 s CancelledError@2 s cancelled2@2 s cancelled3@2 s",
           "the-gather-ends-at-once"});
}

TEST(Step3_Cancel, OfTheTaskThatAwaitsItReachesTheChildren) {  // GATHER-07
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<> waiting = create_task(
        [](Stage& st) -> Coro<> { co_await gather(st.work(5s, 1), st.work(6s, 2)); }(s));
    co_await sleep(1s);
    waiting.cancel();
    co_await s.tell(waiting);
    EXPECT_STORY(s.story, waiting.cancelled(), true,
                 "a gather that was cancelled throws CancelledError to whoever awaits it");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "cancelled1@1 s cancelled2@1 s CancelledError@1 s",
               "the request is passed on: task, gather, children");
}

TEST(Step3_Cancel, EndsWithTheFirstChildThatHasStopped) {  // GATHER-08
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto both = gather(s.slow_to_stop(3s, 1), s.work(9s, 2));
    co_await sleep(1s);
    both.cancel();
    co_await s.tell(both);
    co_await sleep(5s);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "cancelled2@1 s CancelledError@1 s cleaned1@4 s",
               "the first child that ends by CancelledError is the outcome");
}

TEST(Step3_Cancel, WithReturnExceptionsWaitsForAllAndThrows) {  // GATHER-09
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto both = gather(return_exceptions, s.slow_to_stop(3s, 1), s.work(9s, 2));
    co_await sleep(1s);
    EXPECT_STORY(s.story, both.cancel(), true,
                 "both children took the request, so cancel() says yes");
    co_await s.tell(both);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "cancelled2@1 s cleaned1@4 s CancelledError@4 s",
               "the gather was asked to stop: that is no entry in a list",
               Seen{"cancelled2@1 s cleaned1@4 s returned@4 s", "cancellation-becomes-an-entry"});
}

TEST(Step3_Cancel, ThatEveryChildIgnoresStillThrows) {  // GATHER-10
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto both = gather(s.slow_to_stop(1s, 1, false), s.slow_to_stop(2s, 2, false));
    co_await sleep(1s);
    EXPECT_STORY(s.story, both.cancel(), true,
                 "both children took the request, whatever they make of it");
    co_await s.tell(both);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "cleaned1@2 s cleaned2@3 s CancelledError@3 s",
               "the request is forgotten when no child passes it on",
               Seen{"cleaned1@2 s cleaned2@3 s returned@3 s", "cancellation-becomes-an-entry"});
}

TEST(Step3_Cancel, ASecondRequestDoesNotTakeTheFirstBack) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Future<int> child;
    auto all = gather(return_exceptions, child);
    s.story.step("cancel(), and the child is cancelled");
    EXPECT_STORY(s.story, all.cancel(), true, "the child took the request, so cancel() says yes");
    s.story.step("cancel() again: there is no child left to ask");
    EXPECT_STORY(s.story, all.cancel(), false, "no child is left that could take the request");
    co_await s.tell(all);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "CancelledError@0 ms",
               "once a child has taken the request, it stays noted: only ever set "
               "cancel_requested_, do not overwrite it",
               tests::LooksLike{"returned@0 ms", "the-second-request-takes-the-first-back"});
}

TEST(Step3_Cancel, ComesTooLateWhenAllChildrenAreDone) {  // GATHER-12
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Future<int> one;
    auto all = gather(one);
    one.set_result(7);
    EXPECT_STORY(s.story, all.done(), false,
                 "the child is done, and the gather has not heard of it: it hears in an iteration "
                 "of the loop");
    EXPECT_STORY(s.story, all.cancel(), false, "no child took the request");
    EXPECT_EQ(co_await all, std::tuple(7))
        << "Likely cause: no child took the request, so the result stands";
    EXPECT_STORY(s.story, all.cancel(), false, "it is complete, and cannot be cancelled");
    EXPECT_STORY(s.story, all.result(), std::tuple(7), "its result is what it was");
    EXPECT_STORY(s.story, gather().cancel(), false, "a gather of nothing is complete");
  }(stage));
}

// ── step 8.4: wait ──

TEST(Handles_Gather, TemporariesOfOneTaskEachGetItsResult) {
  struct Body {
    static Coro<std::string> load() { co_return std::string(100, 'x'); }
    static Coro<> ask() {
      const Task<std::string> cached = create_task(load());
      const auto get = [&] { return cached; };
      const auto [first, second] = co_await gather(get(), get());
      EXPECT_EQ(first.size(), 100u);
      EXPECT_EQ(second.size(), 100u) << "the other one moved the result out";
      const auto both = co_await gather(return_exceptions, get(), get());
      EXPECT_EQ(std::get<0>(both).value().size(), 100u);
      EXPECT_EQ(std::get<1>(both).value().size(), 100u);
    }
  };
  Stage stage;
  stage.run(Body::ask());
}

TEST(Handles_Gather, WhatCannotBeCopiedIsGivenOnce) {
  struct Body {
    static Coro<std::unique_ptr<int>> make() { co_return std::make_unique<int>(7); }
    static Coro<> ask() {
      Task<std::unique_ptr<int>> task = create_task(make());
      EXPECT_THROW(co_await gather(task, task), aio::InvalidStateError);
    }
  };
  Stage stage;
  stage.run(Body::ask());
}

TEST(Leftovers_Gather, AGatherThatHasFailedLeavesNothingInAChildThatGoesOn) {
  struct Body {
    struct Broken {};  // allocates nothing
    static Coro<int> fails() {
      throw Broken();
      co_return 0;
    }
    static Coro<> main() {
      const Task<int> slow = create_task(sleep(24h, 1));
      const auto again = [&]() -> Coro<> { EXPECT_THROW(co_await gather(slow, fails()), Broken); };
      const std::size_t made = co_await tests::allocations_of_many(again);
      if (tests::AllocationCount::works()) {
        EXPECT_EQ(made, 2 * tests::times) << "more than two vectors for each";
      }
      slow.cancel();
    }
  };
  Stage stage;
  stage.run(Body::main());
}

TEST(Step4_Wait, ForAllThrowsNothing) {  // WAIT-01
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const std::vector tasks{create_task(s.work(2s, 1)), create_task(s.broken(1s, "oops")),
                            create_task(s.work(3s, 3))};
    const auto waited = co_await aio::wait(tasks);
    EXPECT_STORY(s.story, which(waited.done, tasks), "1 2 3",
                 "the handles are in the order of the arguments");
    EXPECT_STORY(s.story, which(waited.pending, tasks), "", "all of them are done");
    EXPECT_STORY(s.story, what(tasks[1].exception()), "oops",
                 "wait() takes no result and no exception: both stay in their task");
  }(stage));
  EXPECT_STORY(stage.story, stage.time(), "3 s", "it waits for the slowest");
}

TEST(Step4_Wait, ForTheFirst) {  // WAIT-02
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const std::vector tasks{create_task(s.work(3s, 1)), create_task(s.work(1s, 2))};
    const auto waited = co_await aio::wait(tasks, ReturnWhen::first_completed);
    EXPECT_STORY(s.story, which(waited.done, tasks), "2", "only the second task is done");
    EXPECT_STORY(s.story, which(waited.pending, tasks), "1", "the first is still at work");
    s.said("waited@" + s.time());
    co_await sleep(5s);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "worked2@1 s waited@1 s worked1@3 s",
               "it returns with the first, and cancels nobody",
               Seen{"worked2@1 s waited@1 s cancelled1@1 s", "wait-cancels-the-rest"});
}

TEST(Step4_Wait, SortsWhenItResumes) {  // WAIT-03
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Future<int> one, two, three;
    const std::vector all{one, two, three};
    aio::running_loop().call_soon([one, three] {
      one.set_result(1);
      aio::running_loop().call_soon([three] { three.set_result(3); });
    });
    const auto waited = co_await aio::wait(all, ReturnWhen::first_completed);
    EXPECT_STORY(s.story, which(waited.done, all), "1 3",
                 "the third was done before the waiting task went on");
    EXPECT_STORY(s.story, which(waited.pending, all), "2", "the second is still at work");
  }(stage));
}

TEST(Step4_Wait, ForTheFirstFailure) {  // WAIT-04
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const std::vector tasks{create_task(s.work(1s, 1)), create_task(s.work(9s, 2)),
                            create_task(s.broken(3s, "oops")), create_task(s.work(5s, 4))};
    aio::running_loop().call_later(2s, [&] { tasks[1].cancel(); });
    const auto waited = co_await aio::wait(tasks, ReturnWhen::first_exception);
    s.said("waited@" + s.time());
    EXPECT_STORY(s.story, which(waited.done, tasks), "1 2 3",
                 "a task that succeeds or is cancelled does not end the wait, one that fails does");
    EXPECT_STORY(s.story, which(waited.pending, tasks), "4", "the fourth is still at work");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(),
               "worked1@1 s cancelled2@2 s threw_oops@3 s waited@3 s cancelled4@3 s",
               "a cancelled task has not failed");
}

TEST(Step4_Wait, ForTheFirstFailureThatNeverComes) {  // WAIT-04
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const std::vector tasks{create_task(s.work(1s, 1)), create_task(s.work(2s, 2))};
    const auto waited = co_await aio::wait(tasks, ReturnWhen::first_exception);
    EXPECT_STORY(s.story, waited.done.size(), 2u, "without a failure it waits for all");
  }(stage));
  EXPECT_STORY(stage.story, stage.time(), "2 s", "without a failure it returns with the last task");
}

/// Waits for a task that fails and that nobody looks at; says whether the failure is reported.
std::string report_after(ReturnWhen mode) {
  Stage stage;
  stage.run([](Stage& s, ReturnWhen when) -> Coro<> {
    s.watch_reports();
    {
      const std::vector tasks{create_task(s.broken(1s, "oops")), create_task(s.work(1500ms, 2))};
      co_await aio::wait(tasks, when);
    }
    co_await sleep(1s);
  }(stage, mode));
  return stage.story.order();
}

TEST(Step4_Wait, HasSeenAFailureOnlyIfItLookedForOne) {
  tests::Story story;
  story.step("a task fails, and nobody but wait() has a look at it");
  EXPECT_STORY(story, report_after(ReturnWhen::first_exception), "threw_oops@1 s worked2@1500 ms",
               "with first_exception the failure is what was waited for: mark it as seen");
  EXPECT_STORY(story, report_after(ReturnWhen::all_completed),
               "threw_oops@1 s worked2@1500 ms reported(oops)",
               "with all_completed nobody has looked at the failure, so it has to be reported",
               Seen{"threw_oops@1 s worked2@1500 ms", "wait-keeps-failures-quiet"});
}

TEST(Step4_Wait, UntilTheTimeIsOver) {  // WAIT-05
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const std::vector tasks{create_task(s.work(1s, 1)), create_task(s.work(4s, 2))};
    const auto waited = co_await aio::wait(tasks, ReturnWhen::all_completed, 2s);
    s.said("waited@" + s.time());
    EXPECT_STORY(s.story, which(waited.done, tasks), "1", "the first task was done in time");
    EXPECT_STORY(s.story, which(waited.pending, tasks), "2", "the second is still at work");
    co_await tasks[1];
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "worked1@1 s waited@2 s worked2@4 s",
               "a wait whose time is over neither throws nor cancels");
}

TEST(Step4_Wait, ThatIsCancelledLeavesTheTasksAlone) {  // WAIT-06
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const std::vector tasks{create_task(s.work(3s, 1)), create_task(s.work(4s, 2))};
    const auto waiting = create_task(aio::wait(tasks, ReturnWhen::all_completed, 10h));
    co_await sleep(1s);
    waiting.cancel();
    co_await s.tell(waiting);
    EXPECT_STORY(s.story, tasks[0].cancelling(), 0, "wait() asks nobody to stop");
    co_await tasks[1];
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "CancelledError@1 s worked1@3 s worked2@4 s",
               "the request ends the waiting, not the tasks");
  EXPECT_STORY(stage.story, stage.time(), "4 s", "the timer of the limit was left behind");
}

TEST(Step4_Wait, ForDoneTasksTakesAnIteration) {  // WAIT-07
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    Future<int> one;
    one.set_result(1);
    aio::running_loop().call_soon([&s] { s.said("others"); });
    const std::vector all{one};
    const auto waited = co_await aio::wait(all);
    s.said("waited");
    EXPECT_STORY(s.story, waited.done.size(), 1u, "the one task is done");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "others waited",
               "even what is done is heard of through the ready queue");
}

template <class A>
concept CanBeWaitedFor = requires(std::vector<A> all) {
  aio::wait(std::move(all));
};

TEST(Step4_Wait, RefusesWhatMakesNoSense) {  // WAIT-08
  static_assert(CanBeWaitedFor<Task<int>> && CanBeWaitedFor<Future<>>);
  static_assert(!CanBeWaitedFor<Coro<int>>);
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    EXPECT_THROW(co_await aio::wait(std::vector<Task<int>>()), std::invalid_argument)
        << "Likely cause: with nothing to wait for it would wait for ever";
    const Task<int> task = create_task(s.work(1s, 1));
    const std::vector same{task, task};
    EXPECT_THROW(co_await aio::wait(same, static_cast<ReturnWhen>(9)), std::invalid_argument)
        << "Likely cause: a mode that does not exist is refused";
    const auto waited = co_await aio::wait(same);
    EXPECT_STORY(s.story, waited.done, std::vector{task}, "each task counts once");
  }(stage));
}

// ── step 8.5: as_completed ──

TEST(Step5_AsCompleted, GivesResultsAsTheyCome) {  // ASC-01
  Stage stage;
  std::vector<int> results;
  stage.run([](Stage& s, std::vector<int>& got) -> Coro<> {
    std::vector<Coro<int>> works;
    works.push_back(s.work(3s, 1));
    works.push_back(s.work(1s, 2));
    works.push_back(s.work(2s, 3));
    auto all = aio::as_completed(std::move(works));
    EXPECT_STORY(s.story, all.remaining(), 3u,
                 "remaining() counts those that nobody has asked for");
    while (all) got.push_back(co_await all.next());
    EXPECT_THROW((void)all.next(), std::logic_error)
        << "Likely cause: whoever asks more often than there are tasks would wait for ever";
  }(stage, results));
  EXPECT_STORY(stage.story, text(results), std::string("2 3 1"),
               "the order is that of the arguments, or the last is handed out first");
  EXPECT_STORY(stage.story, stage.time(), "3 s", "the children have to run at the same time");
}

TEST(Step5_AsCompleted, WithTies) {  // ASC-01
  Stage stage;
  std::vector<int> results;
  stage.run([](std::vector<int>& got) -> Coro<> {
    std::vector<Future<int>> futures;
    for (int i = 0; i < 3; ++i) futures.emplace_back().set_result(i);
    auto all = aio::as_completed(futures);
    co_await sleep(0s);
    co_await sleep(0s);
    while (all) got.push_back(co_await all.next());
  }(results));
  if (tests::seed()) return;
  EXPECT_STORY(stage.story, text(results), std::string("0 1 2"),
               "the queue of those that are done is first come, first served",
               Seen{std::string("2 1 0"), "last-done-first-out"});
}

TEST(Step5_AsCompleted, GivesYourOwnHandles) {  // ASC-02
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> slow = create_task(s.work(2s, 1)), fast = create_task(s.work(1s, 2));
    auto all = aio::as_completed(std::vector{slow, fast, slow});
    const Task<int> first = co_await all.next_task();
    EXPECT_STORY(s.story, first.done(), true, "next_task() gives a task that is done");
    EXPECT_STORY(s.story, first, fast, "the one that is done first comes first");
    EXPECT_EQ(co_await all.next_task(), slow) << "Likely cause: the other one comes next";
    EXPECT_STORY(s.story, all.remaining(), 0U, "the same task twice is one task");
  }(stage));
}

TEST(Step5_AsCompleted, BelongsToWhoeverAwaitsFirst) {  // ASC-03
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto all =
        aio::as_completed(std::vector{create_task(s.work(1s, 1)), create_task(s.work(2s, 2))});
    auto first = all.next();
    auto second = all.next();
    EXPECT_EQ(co_await std::move(second), 1)
        << "Likely cause: the second was awaited first, so the first task is its own: takers are "
           "served in the order in which they wait";
    EXPECT_EQ(co_await std::move(first), 2) << "Likely cause: the first was awaited later";
  }(stage));
}

TEST(Step5_AsCompleted, AFailureHasItsTurn) {  // ASC-04
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> stopped = create_task(s.work(9s, 4));
    auto all = aio::as_completed(
        std::vector{create_task(s.work(3s, 1)), stopped, create_task(s.broken(1s, "oops"))});
    aio::running_loop().call_later(2s, [stopped] { stopped.cancel(); });
    while (all) co_await s.tell(all.next());
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(),
               "threw_oops@1 s oops@1 s cancelled4@2 s CancelledError@2 s worked1@3 s returned@3 s",
               "a failure is thrown at its turn, and the others follow");
}

TEST(Step5_AsCompleted, CanBeLeftAndResumed) {  // ASC-06
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto all = aio::as_completed(std::vector{create_task(s.work(1s, 1)), create_task(s.work(2s, 2)),
                                             create_task(s.work(3s, 3))});
    EXPECT_EQ(co_await all.next(), 1) << "Likely cause: the first to be done is the first";
    co_await sleep(9s);
    EXPECT_STORY(s.story, all.remaining(), 2u, "asking once leaves two");
    EXPECT_EQ(co_await all.next(), 2)
        << "Likely cause: what was done meanwhile is still there, in its order";
    EXPECT_EQ(co_await all.next(), 3) << "Likely cause: the last one";
    (void)aio::as_completed(std::vector{create_task(s.work(1s, 4))});
    co_await sleep(2s);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "worked1@1 s worked2@2 s worked3@3 s worked4@11 s",
               "whoever stops asking stops nobody");
}

TEST(Step5_AsCompleted, ACancelledTakerLosesNothing) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto all =
        aio::as_completed(std::vector{create_task(s.work(1s, 1)), create_task(s.work(2s, 2))});
    const Task<int> gives_up = create_task(all.next());
    const Task<int> stays = create_task(all.next());
    co_await sleep(0s);
    gives_up.cancel();
    co_await s.tell(gives_up);
    EXPECT_EQ(co_await stays, 1) << "Likely cause: whoever gave up takes the first task: a taker "
                                    "leaves the list when its wait ends";
  }(stage));
}

TEST(Step5_AsCompleted, ACancelledTakerHandsItsWakeUpOn) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Future<int> first, second;
    auto all = aio::as_completed(std::vector{first, second});
    const Task<int> gives_up = create_task(all.next());
    const Task<int> stays = create_task(all.next());
    co_await sleep(0s);
    s.story.step("A and B wait; the first is done, which wakes A");
    first.set_result(1);
    aio::running_loop().call_soon([&] {
      s.story.step("A is cancelled, before it has its turn");
      gives_up.cancel();
    });
    co_await sleep(1s);
    s.said(gives_up.cancelled() ? "A gave up" : "A goes on");
    s.said(stays.done() ? "B has the first" : "B still waits");
    second.set_result(2);
    co_await sleep(1s);
  }(stage));
  if (tests::seed()) return;
  EXPECT_STORY(stage.story, stage.story.order(), "A gave up B has the first",
               "a task is there and B waits for one, but the only one that was woken has gone: in "
               "take(), whoever is cancelled after being woken wakes another, and throws on",
               Seen{"A gave up B still waits", "a-wake-up-is-lost"},
               Seen{"A goes on B still waits", "the-taker-cannot-be-stopped"});
}

TEST(Step5_AsCompleted, WhoeverIsWokenLooksAgain) {
  const tests::Suspicion crash(
      "one who was woken takes a task that another has taken meanwhile: whoever is woken looks "
      "again, so it is a loop (while), not an if");
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Future<int> first, second;
    auto all = aio::as_completed(std::vector{first, second});
    const Task<int> slow = create_task(all.next());
    co_await sleep(0s);
    first.set_result(1);
    Coro<int> quick = all.next();
    s.story.step("A waits and is woken; before it has its turn, B comes and takes the first");
    const Task<int> taker = create_task(std::move(quick));
    co_await sleep(1s);
    s.said(slow.done() && taker.done() ? "two have one task" : "one waits");
    second.set_result(2);
    co_await sleep(1s);
    s.said(slow.done() && taker.done() ? "both have one" : "one is lost");
  }(stage));
  if (tests::seed()) return;
  EXPECT_STORY(stage.story, stage.story.order(), "one waits both have one",
               "between being woken and going on, another may have taken the task: look in a loop");
}

TEST(Step5_AsCompleted, ForgetsItsLimitWhenAllAreDone) {  // ASC-05
  Stage stage;
  const auto main = [](Stage& s) -> Coro<> {
    auto all = aio::as_completed(std::vector{create_task(s.work(1s, 1))}, 1h);
    EXPECT_EQ(co_await all.next(), 1) << "Likely cause: the only task is handed out";
    s.story.step("nothing can happen any more, unless a timer is left");
    co_await Future<>();
  };
  try {
    stage.run(main(stage));
  } catch (const aio::DeadlockError&) {
  } catch (const aio::Todo& todo) {
    if (todo.step != "8.6") throw;  // the time is over: what is to happen then is the next step
  }
  EXPECT_STORY(stage.story, stage.time(), "1 s",
               "the timer of the limit is still armed: task_done() cancels it after the last task",
               Seen{"3600 s", "the-limit-stays-armed"});
}

// ── step 8.6: as_completed with a limit ──

TEST(Handles_AsCompleted, ThatWasMovedFromSaysSo) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    std::vector<Coro<int>> works;
    works.push_back(s.work(1s, 1));
    auto all = aio::as_completed(std::move(works));
    const auto moved = std::move(all);
    EXPECT_THROW((void)all.remaining(), aio::InvalidStateError);
    EXPECT_THROW((void)all.next(), aio::InvalidStateError);
    EXPECT_EQ(co_await moved.next(), 1);
  }(stage));
}

TEST(Step6_Limit, ThrowsForAllThatAreLeft) {  // ASC-05
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> slow = create_task(s.work(5s, 3));
    auto all = aio::as_completed(
        std::vector{create_task(s.work(1s, 1)), create_task(s.work(4s, 2)), slow}, 2s);
    while (all) co_await s.tell(all.next());
    EXPECT_STORY(s.story, slow.cancelling(), 0, "the limit asks no task to stop");
    co_await slow;
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(),
               "worked1@1 s returned@1 s TimeoutError@2 s TimeoutError@2 s worked2@4 s worked3@5 s",
               "when the time is over every further next() throws, and no task is cancelled");
}

TEST(Step6_Limit, WhatWasDoneInTimeIsStillThere) {  // ASC-05
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto all =
        aio::as_completed(std::vector{create_task(s.work(1s, 1)), create_task(s.work(9s, 2))}, 2s);
    co_await sleep(3s);
    EXPECT_EQ(co_await all.next(), 1)
        << "Likely cause: the first was done in time: it is handed out before anybody throws";
    EXPECT_THROW(co_await all.next_task(), TimeoutError)
        << "Likely cause: the second was not done in time";
  }(stage));
}

TEST(Step6_Limit, WhatIsDoneTooLateDoesNotCount) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    const Task<int> late = create_task(s.work(3s, 1));
    auto all = aio::as_completed(std::vector{late}, 2s);
    co_await sleep(5s);
    s.story.step("the time was over at 2 s; somebody asks for the first time now");
    co_await s.tell(all.next());
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "worked1@3 s TimeoutError@5 s",
               "a task that ends after the limit is not handed out: unlink every hook",
               Seen{"worked1@3 s returned@5 s", "late-tasks-are-handed-out"});
}

TEST(Step6_Limit, WakesAllWhoWait) {  // ASC-05
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto all =
        aio::as_completed(std::vector{create_task(s.work(9s, 1)), create_task(s.work(9s, 2))}, 2s);
    co_await gather(s.tell(all.next()), s.tell(all.next()));
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(),
               "TimeoutError@2 s TimeoutError@2 s cancelled1@2 s cancelled2@2 s",
               "only one of those who wait is woken");
}

// ── what the compiler and the owners of memory see ──

/// As many users' results: with a move constructor of its own.
struct Page {
  explicit Page(std::string body) : text(std::move(body)) { ++alive; }
  Page(Page&& other) noexcept : text(std::move(other.text)) { ++alive; }
  Page(const Page& other) : text(other.text) { ++alive; }
  Page& operator=(Page&& other) noexcept {
    text = std::move(other.text);
    return *this;
  }
  ~Page() { --alive; }
  std::string text;
  static inline int alive = 0;
};

Coro<Page> page(Clock::duration time, std::string body) {
  co_await sleep(time);
  co_return Page(std::move(body));
}

TEST(Conformance_Gather, ResultsWithTheirOwnMoveConstructor) {  // GATHER-01
  Stage stage;
  stage.run([]() -> Coro<> {
    auto [one, two] = co_await gather(page(2s, "one"), page(1s, "two"));
    EXPECT_EQ(one.text + two.text, "onetwo");
    std::vector<Coro<Page>> more;
    more.push_back(page(1s, "three"));
    auto all = co_await gather(std::move(more));
    EXPECT_EQ(all.at(0).text, "three");
    auto [kept] = co_await gather(return_exceptions, page(1s, "four"));
    EXPECT_EQ(kept.value().text, "four");
    std::vector<Coro<Page>> pages;
    pages.push_back(page(1s, "five"));
    auto completed = aio::as_completed(std::move(pages));
    const Page last = co_await completed.next();
    EXPECT_EQ(last.text, "five");
  }());
  EXPECT_EQ(Page::alive, 0) << "each result is destroyed exactly once";
}

TEST(Conformance_Gather, AClosedLoopDestroysWhatIsPending) {
  {
    tests::VirtualLoop v;
    auto& loop = v.loop;
    loop.call_soon([&loop] {
      (void)gather(page(1s, "a"), page(9s, "b"));
      (void)aio::as_completed(std::vector{create_task(page(1s, "c")), create_task(page(9s, "d"))},
                              20s);
      (void)create_task(aio::wait(std::vector{create_task(page(9s, "e"))}));
      loop.call_later(5s, [&loop] { loop.stop(); });
    });
    loop.run_forever();
    loop.close();
  }
  EXPECT_EQ(Page::alive, 0);
}

// ── what must not depend on the order of independent tasks ──

TEST(Seeded_Gather, AThousandResultsAreInOrder) {  // GATHER-01
  Stage stage;
  const auto results = stage.run([]() -> Coro<std::vector<int>> {
    std::vector<Coro<int>> all;
    for (int i = 0; i < 1000; ++i) {
      all.push_back([](int n) -> Coro<int> {
        co_await sleep(std::chrono::milliseconds(n * 7 % 13));
        co_return n;
      }(i));
    }
    co_return co_await gather(std::move(all));
  }());
  for (int i = 0; i < 1000; ++i) ASSERT_EQ(results.at(static_cast<std::size_t>(i)), i);
}

TEST(Seeded_AsCompleted, EachIsHandedOutOnce) {  // ASC-01
  Stage stage;
  const int sum = stage.run([]() -> Coro<int> {
    std::vector<Coro<int>> works;
    for (int i = 1; i <= 100; ++i) works.push_back(answer(i));
    auto all = aio::as_completed(std::move(works));
    int total = 0;
    while (all) total += co_await all.next();
    co_return total;
  }());
  EXPECT_EQ(sum, 5050);
}

}  // namespace
