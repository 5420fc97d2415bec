// Lesson 05: outcomes, done callbacks, removing them, cancelling, failures that nobody asked for.

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/support/todo.hpp>

#include "support/allocations.hpp"
#include "support/elsewhere.hpp"
#include "support/interrupt.hpp"
#include "support/probe.hpp"
#include "support/refusal.hpp"
#include "support/seed.hpp"
#include "support/stderr.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/virtual_loop.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CallbackId, aio::EventLoop, aio::Future, aio::InvalidStateError;
using tests::Interrupt, tests::Probe, tests::Seen, tests::Stderr;

const auto compiled = tests::compiled_from(aio::layers::future);

/// What a call did: "7", "throws boom", "throws CancelledError". Lets a TODO through.
std::string outcome_of(const std::function<std::string()>& call) {
  try {
    return call();
  } catch (const aio::Todo&) {
    throw;
  } catch (const InvalidStateError&) {
    return "throws InvalidStateError";
  } catch (const std::invalid_argument&) {
    return "throws std::invalid_argument";
  } catch (...) {
    return "throws " + aio::message_of(std::current_exception());
  }
}
std::string text_of(int value) { return std::to_string(value); }
std::string text_of(const std::string& value) { return value; }

template <class T>
std::string result_of(const Future<T>& future) {
  return outcome_of([&] { return text_of(future.result()); });
}
template <class T>
std::string exception_of(const Future<T>& future) {
  return outcome_of([&] {
    const std::exception_ptr exception = future.exception();
    return exception ? aio::message_of(exception) : "none";
  });
}
/// What a call without a result did.
std::string refusal(const std::function<void()>& call) {
  return outcome_of([&] { return call(), "nothing is thrown"; });
}

std::runtime_error boom(const std::string& what = "boom") { return std::runtime_error(what); }

/// A loop on virtual time, and the words in which a test tells what it does with futures.
struct Told : tests::VirtualLoop {
  template <class T = int>
  Future<T> future() {
    return Future<T>(loop);
  }
  /// A done callback that only reports itself.
  auto says(std::string name) {
    return [this, name = std::move(name)](auto&) { story.ran(name); };
  }
  template <class T>
  CallbackId add(const Future<T>& future, std::string name) {
    story.step("add_done_callback(" + name + ")");
    return future.add_done_callback(says(std::move(name)));
  }
  template <class T>
  void set(const Future<T>& future, std::type_identity_t<T> value) {
    story.step("set_result(" + text_of(value) + ")");
    future.set_result(std::move(value));
  }
  template <class T>
  void fail(const Future<T>& future, const std::string& what = "boom") {
    story.step("set_exception(" + what + ")");
    future.set_exception(boom(what));
  }
  template <class T>
  bool cancel(const Future<T>& future) {
    const bool cancelled = future.cancel();
    story.step(std::string("cancel() returns ") + (cancelled ? "true" : "false"));
    return cancelled;
  }
  template <class T>
  bool remove(const Future<T>& future, CallbackId id, const std::string& name) {
    const bool removed = future.remove_done_callback(id);
    story.step("remove_done_callback(" + name + ") returns " + (removed ? "true" : "false"));
    return removed;
  }
  void soon(std::string name) {
    story.step("call_soon(" + name + ")");
    loop.call_soon([this, name = std::move(name)] { story.ran(name); });
  }
  const std::string& run_once() {
    story.step("run_once()");
    if (loop.has_ready()) loop.run_once();
    return story.order();
  }
  const std::string& run_until_idle() {
    story.step("the loop runs until nothing is ready");
    while (loop.has_ready()) loop.run_once();
    return story.order();
  }
};

// ── 5.1 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step1_Outcome, ANewFutureIsPending) {  // FUT-01
  Told told;
  const auto future = told.future();
  EXPECT_STORY(told.story, future.done(), false,
               "a new future has no outcome: its status is pending");
  EXPECT_STORY(told.story, future.cancelled(), false, "nobody has cancelled it");
}

TEST(Step1_Outcome, AResult) {  // FUT-02
  Told told;
  const auto future = told.future();
  told.story.step("set_result(7)");
  ASSERT_STORY(told.story, refusal([&] { future.set_result(7); }), "nothing is thrown",
               "a pending future is refused its result; check_pending() refuses done ones");
  ASSERT_STORY(told.story, future.done(), true, "complete() does not change the status");
  EXPECT_STORY(told.story, future.cancelled(), false,
               "a result is no cancellation: complete() takes the status");
  EXPECT_STORY(told.story, result_of(future), "7", "the value was not stored");
  EXPECT_STORY(told.story, exception_of(future), "none", "a result is no exception");
}

TEST(Step1_Outcome, AnException) {  // FUT-03
  Told told;
  const auto future = told.future();
  const auto exception = std::make_exception_ptr(boom());
  told.story.step("set_exception(boom)");
  future.set_exception(exception);
  ASSERT_STORY(told.story, future.done(), true, "complete() does not change the status");
  EXPECT_STORY(told.story, future.cancelled(), false, "a failure is no cancellation");
  EXPECT_STORY(told.story, result_of(future), "throws boom", "the exception was not stored");
  EXPECT_STORY(told.story, future.exception() == exception, true, "another exception was stored");
}

TEST(Step1_Outcome, AnExceptionOfAnyType) {  // FUT-03
  Told told;
  const auto number = told.future(), fatal = told.future();
  told.story.step("set_exception(42), and one that is fatal");
  number.set_exception(42);
  EXPECT_THROW(number.result(), int)
      << "Likely cause: result() rethrows what was stored, of whatever type";
  fatal.set_exception(Interrupt());
  EXPECT_THROW(fatal.result(), Interrupt)
      << "Likely cause: result() rethrows what was stored, fatal or not";
}

TEST(Step1_Outcome, NullIsNoException) {  // FUT-03
  Told told;
  const auto future = told.future();
  told.story.step("set_exception(nullptr)");
  EXPECT_STORY(told.story, refusal([&] { future.set_exception(std::exception_ptr()); }),
               "throws std::invalid_argument",
               "the future would have failed, but with nothing that could be thrown");
  EXPECT_STORY(told.story, future.done(), false, "the call was refused, and changed something");
}

/// What a second attempt to complete a future does, and what the future says afterwards.
std::string second_attempt(Told& told, const Future<int>& future, const std::string& name,
                           const std::function<void()>& attempt) {
  told.story.step(name);
  const std::string did = refusal(attempt);
  return did + ", then result() is " + result_of(future);
}

TEST(Step1_Outcome, ThereIsOnlyOne) {  // FUT-04
  Told told;
  const auto future = told.future();
  told.set(future, 1);
  EXPECT_STORY(told.story,
               second_attempt(told, future, "set_result(2)", [&] { future.set_result(2); }),
               "throws InvalidStateError, then result() is 1",
               "whoever comes second must learn that somebody was faster; the first result stays",
               Seen{"nothing is thrown, then result() is 1", "second-set-ignored"});
}

TEST(Step1_Outcome, AnExceptionIsOneToo) {  // FUT-04
  Told told;
  const auto future = told.future();
  told.set(future, 1);
  EXPECT_STORY(
      told.story,
      second_attempt(told, future, "set_exception(boom)", [&] { future.set_exception(boom()); }),
      "throws InvalidStateError, then result() is 1",
      "set_exception() must refuse when there is a result",
      Seen{"nothing is thrown, then result() is 1", "second-set-ignored"});
}

TEST(Step1_Outcome, AFailureIsFinal) {  // FUT-04
  Told told;
  const auto future = told.future();
  told.fail(future);
  EXPECT_STORY(told.story,
               second_attempt(told, future, "set_result(2)", [&] { future.set_result(2); }),
               "throws InvalidStateError, then result() is throws boom",
               "set_result() must refuse when there is an exception",
               Seen{"nothing is thrown, then result() is throws boom", "second-set-ignored"});
  EXPECT_STORY(told.story,
               second_attempt(told, future, "set_exception(again)",
                              [&] { future.set_exception(boom("again")); }),
               "throws InvalidStateError, then result() is throws boom", "the first failure stays",
               Seen{"nothing is thrown, then result() is throws boom", "second-set-ignored"});
}

TEST(Step1_Outcome, ARefusalNamesTheCall) {  // FUT-04
  Told told;
  const auto future = told.future();
  future.set_result(1);
  const auto message = [](const std::function<void()>& call) {
    try {
      call();
    } catch (const InvalidStateError& error) {
      return std::string(error.what());
    }
    return std::string("nothing is thrown");
  };
  for (const std::string name : {"set_result", "set_exception"}) {
    const std::string said = message([&] {
      if (name == "set_result") return future.set_result(2);
      future.set_exception(boom());
    });
    told.story.step(name + "() on a done future says \"" + said + '"');
    EXPECT_STORY(told.story, said.contains(name), true,
                 "check_pending() is given the name of the call; its message should say it");
  }
}

TEST(Step1_Outcome, APendingFutureHasNone) {  // FUT-05
  Told told;
  const auto future = told.future();
  EXPECT_STORY(told.story, result_of(future), "throws InvalidStateError",
               "check_done() must refuse while the future is pending");
  EXPECT_STORY(told.story, exception_of(future), "throws InvalidStateError",
               "an answer that is not there yet is not the answer `no exception`");
}

// What step 5.5 will look at, and what is forgotten in this one.
TEST(Step1_Outcome, AskingLeavesANote) {  // FUT-14
  Told told;
  const auto good = told.future(), bad = told.future(), pending = told.future();
  told.set(good, 7);
  told.fail(bad);
  EXPECT_STORY(told.story, bad.state().retrieved(), false, "nobody has asked yet");
  told.story.step("exception() of each of them");
  for (const auto& future : {good, bad, pending}) exception_of(future);
  EXPECT_STORY(told.story, bad.state().retrieved(), true,
               "check_done() does not note in retrieved_ that somebody has asked",
               Seen{false, "reported-although-asked"});
  EXPECT_STORY(told.story, good.state().retrieved(), true, "to ask for a result is to ask, too");
  EXPECT_STORY(told.story, pending.state().retrieved(), false,
               "whoever asks too early has not been told anything: note it behind that check");
}

TEST(Step1_Outcome, MayBeAskedForAgain) {  // FUT-12
  Told told;
  const Future<std::string> good(told.loop), bad(told.loop);
  told.set(good, "value");
  told.fail(bad);
  for (int time = 1; time <= 3; ++time) {
    told.story.step("result(), for the " + std::to_string(time) + ". time");
    EXPECT_STORY(told.story, result_of(good), "value", "reading must not take the value away");
    EXPECT_STORY(told.story, result_of(bad), "throws boom",
                 "everybody who asks is told, not only the first");
  }
}

TEST(Step1_Outcome, AResultIsReadInPlace) {  // FUT-02
  Told told;
  const Future<std::string> future(told.loop);
  future.set_result("value");
  told.story.step("set_result(value), result(), result()");
  EXPECT_STORY(told.story, &future.result() == &future.result(), true,
               "the value was not stored in the future");
  static_assert(std::is_same_v<decltype(future.result()), std::string&>);
}

TEST(Step1_Outcome, CopiesShareIt) {
  Told told;
  const auto future = told.future();
  const auto copy = future;  // NOLINT: the copy is what is tested
  told.story.step("two handles of one future; one of them is told set_result(7)");
  copy.set_result(7);
  EXPECT_STORY(told.story, future.done(), true, "complete() does not change the status");
  EXPECT_STORY(told.story, result_of(future), "7", "the value was not stored");
}

TEST(Step1_Outcome, OfNothing) {  // FUT-02
  Told told;
  const auto future = told.future<void>(), failed = told.future<void>();
  future.set_result();
  failed.set_exception(boom());
  future.result();
  static_assert(std::is_void_v<decltype(future.result())>);
  EXPECT_STORY(told.story, future.done(), true, "complete() does not change the status");
  EXPECT_STORY(told.story, future.exception() == nullptr, true, "a result is no exception");
  EXPECT_STORY(told.story, outcome_of([&] { return failed.result(), "nothing is thrown"; }),
               "throws boom", "the exception was not stored");
}

TEST(Step1_Outcome, OfAReference) {  // FUT-02
  Told told;
  int number = 7;
  const auto future = told.future<int&>();
  future.set_result(number);
  told.story.step("set_result(a reference)");
  EXPECT_STORY(told.story, &future.result() == &number, true,
               "result_.emplace() takes what set_result() was given, by std::forward");
  const auto constant = told.future<const int&>();
  constant.set_result(number);
  EXPECT_STORY(told.story, &constant.result() == &number, true,
               "result_.emplace() takes what set_result() was given, by std::forward");
}

TEST(Step1_Outcome, OfAValueThatCanOnlyBeMoved) {  // FUT-02 FUT-12
  Told told;
  auto future = told.future<std::unique_ptr<int>>();
  future.set_result(std::make_unique<int>(7));
  told.story.step("set_result(a unique_ptr)");
  ASSERT_STORY(told.story, future.result() != nullptr, true, "the value was not stored");
  const std::unique_ptr<int> taken = std::move(future).result();  // an rvalue moves it out
  EXPECT_STORY(told.story, taken != nullptr, true, "reading must not take the value away");
}

TEST(Step1_Outcome, OfAValueWithoutDefault) {  // FUT-02
  struct Celsius {
    explicit Celsius(double value) : degrees(value) {}
    double degrees;
  };
  Told told;
  const auto future = told.future<Celsius>();
  future.set_result(Celsius(21.5));
  EXPECT_STORY(told.story, future.result().degrees, 21.5, "the value was not stored");
}

TEST(Step1_Outcome, IsDestroyedOnce) {
  Probe::Count count;
  Told told;
  {
    const auto read = told.future<Probe>(), unread = told.future<Probe>();
    const auto failed = told.future<Probe>(), pending = told.future<Probe>();
    auto taken = told.future<Probe>();
    read.set_result(Probe(count));
    EXPECT_THROW(read.set_result(Probe(count)), InvalidStateError)
        << "Likely cause: set_result() is to refuse when there is a result";
    EXPECT_STORY(told.story, read.result().count == &count, true, "the value was not stored");
    unread.set_result(Probe(count));
    failed.set_exception(boom());
    EXPECT_THROW(failed.set_result(Probe(count)), InvalidStateError)
        << "Likely cause: set_result() is to refuse when there is an exception";
    EXPECT_STORY(told.story, failed.exception() != nullptr, true, "the failure was not stored");
    taken.set_result(Probe(count));
    told.story.step("three futures have got a value; two more values were refused");
    EXPECT_STORY(told.story, count.alive, 3, "a refused value was stored, or an accepted one not");
    const Probe out = std::move(taken).result();
    EXPECT_STORY(told.story, count.alive, 3, "what is moved out was copied");
  }
  told.story.step("all are gone");
  EXPECT_STORY(told.story, count.alive, 0, "a value is left that nobody holds");
}

TEST(Step1_Outcome, AValueThatThrowsOnItsWayChangesNothing) {
  struct Heavy {
    explicit Heavy(bool too_heavy) : breaks(too_heavy) {}
    Heavy(Heavy&& other) : breaks(other.breaks) {
      if (breaks) throw boom("too heavy");
    }
    bool breaks;
  };
  Told told;
  const auto future = told.future<Heavy>();
  told.story.step("set_result(a value that cannot be moved)");
  EXPECT_STORY(told.story, refusal([&] { future.set_result(Heavy(true)); }), "throws too heavy",
               "what the value throws is for the caller");
  EXPECT_STORY(told.story, future.done(), false,
               "complete() before the value is stored: done, and without a result");
  told.story.step("set_result(a value that can be moved)");
  future.set_result(Heavy(false));
  EXPECT_STORY(told.story, future.done(), true, "complete() does not change the status");
}

TEST(Step1_Outcome, BelongsToTheRunningLoop) {
  Told told;
  told.loop.call_soon([] {
    const Future<int> future;
    future.set_result(7);
    EXPECT_EQ(future.result(), 7) << "Likely cause: the value was not stored";
  });
  told.loop.run_once();
  EXPECT_THROW(Future<int>(), std::logic_error) << "Likely cause: no loop runs here";
}

TEST(Step1_Outcome, MayOutliveTheLoop) {
  std::optional<Future<int>> done, late;
  {
    EventLoop loop;
    done.emplace(loop);
    late.emplace(loop);
    done->set_result(1);
  }
  tests::Story story;
  story.step("set_result(1); the loop is gone; result()");
  EXPECT_STORY(story, result_of(*done), "1", "a future does not need its loop to keep a result");
  story.step("set_result(2) on the other one, which is pending; result()");
  late->set_result(2);
  EXPECT_STORY(story, result_of(*late), "2", "nobody waits, so complete() needs no loop");
}

TEST(Step1_Outcome, AHandleThatWasMovedFromSaysSo) {
  Told told;
  auto future = told.future();
  const auto owner = std::move(future);
  owner.set_result(7);
  // NOLINTBEGIN(bugprone-use-after-move): that is what is tested
  told.story.step("done(), set_result(8), result() of a handle that was moved from");
  const std::string refused = "throws InvalidStateError";
  const auto* cause = "the handle is empty; state() of a handle is given, and refuses it";
  EXPECT_STORY(told.story, refusal([&] { (void)future.done(); }), refused, cause);
  EXPECT_STORY(told.story, refusal([&] { future.set_result(8); }), refused, cause);
  EXPECT_STORY(told.story, refusal([&] { (void)future.result(); }), refused, cause);
  // NOLINTEND(bugprone-use-after-move)
  EXPECT_STORY(told.story, result_of(owner), "7", "the value was not stored");
}

// ── 5.2 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step2_DoneCallbacks, NeverRunInsideSetResult) {  // FUT-07
  Told told;
  const auto future = told.future();
  told.add(future, "A");
  EXPECT_STORY(told.story, told.loop.has_ready(), false, "A is queued before the future is done");
  told.set(future, 7);
  told.story.step("set_result returns");
  EXPECT_STORY(told.story, told.story.order(), "",
               "the callback ran inside set_result; its caller was not ready for that",
               Seen{"A", "inline-callback"});
  EXPECT_STORY(told.story, told.run_once(), "A",
               "the callback was not queued: complete() must call queue_waiters(); or it was "
               "destroyed before: once it waits, no unique_ptr may hold it any more");
}

TEST(Step2_DoneCallbacks, KeepTheFutureAliveWhenTheyAreQueued) {  // FUT-08
  Probe::Count count;
  Told told;
  {
    const auto future = told.future<Probe>();
    for (const char* name : {"A", "B"}) {
      future.add_done_callback([&told, &count, name](auto& done) {
        told.story.ran(name);
        if (count.alive == 0) return told.story.ran("its future is gone");
        EXPECT_EQ(done.result().count, &count) << "Likely cause: it was given another future";
      });
    }
    future.set_result(Probe(count));
  }
  told.story.step("the last handle is gone, the callbacks are queued");
  ASSERT_STORY(told.story, count.alive, 1,
               "run() gives back a reference for each callback, so somebody must count it before: "
               "add_callback() counts in callbacks_, and queue_waiters() calls add_refs()");
  EXPECT_STORY(told.story, told.run_once(), "A B",
               "each callback gives one reference back, so one is counted for each of them",
               Seen{"A B its future is gone", "one-reference-for-all"});
  EXPECT_STORY(told.story, count.alive, 0, "the last callback must let the future go");
}

TEST(Step2_DoneCallbacks, NeverRunInsideSetException) {  // FUT-07
  Told told;
  const auto future = told.future();
  told.add(future, "A");
  told.fail(future);
  EXPECT_STORY(told.story, told.story.order(), "", "the callback ran inside set_exception",
               Seen{"A", "inline-callback"});
  EXPECT_STORY(told.story, told.run_once(), "A", "a failure is a completion, too");
  EXPECT_STORY(told.story, exception_of(future), "boom", "the exception was not stored");
}

TEST(Step2_DoneCallbacks, AddedToADoneFutureAreQueued) {  // FUT-07
  Told told;
  const auto future = told.future();
  told.set(future, 7);
  told.add(future, "A");
  told.story.step("add_done_callback returns");
  EXPECT_STORY(told.story, told.story.order(), "",
               "now at once, now later: code that calls add_done_callback could not know which",
               Seen{"A", "added-late-runs-at-once"});
  EXPECT_STORY(
      told.story, told.run_once(), "A",
      "wait() puts it into the list of a future that is done; nobody will queue that list again");
}

TEST(Step2_DoneCallbacks, RunInTheOrderInWhichTheyWereAdded) {  // FUT-08
  Told told;
  const auto future = told.future();
  for (const char* name : {"A", "B", "C"}) told.add(future, name);
  told.set(future, 7);
  EXPECT_STORY(told.story, told.run_once(), "A B C", "the order of registration is lost");
}

TEST(Step2_DoneCallbacks, StandInTheReadyQueueLikeOthers) {  // FUT-07 FUT-08
  Told told;
  const auto future = told.future();
  told.add(future, "A");
  told.add(future, "B");
  told.soon("X");
  told.set(future, 7);
  told.soon("Y");
  told.add(future, "C");
  EXPECT_STORY(told.story, told.run_once(), "X A B Y C",
               "done callbacks take their place at the end of the loop's queue",
               Seen{"A B X Y C", "inline-callback"});
}

TEST(Step2_DoneCallbacks, OfTwoFuturesRunInTheOrderOfCompletion) {  // FUT-08
  Told told;
  const auto first = told.future(), second = told.future();
  told.add(first, "A1");
  told.add(second, "B1");
  told.add(first, "A2");
  told.set(second, 2);
  told.set(first, 1);
  EXPECT_STORY(told.story, told.run_once(), "B1 A1 A2",
               "what counts is when a future is done, not when it was asked");
}

TEST(Step2_DoneCallbacks, RunOnce) {  // FUT-07
  Told told;
  const auto future = told.future();
  told.add(future, "A");
  told.set(future, 7);
  EXPECT_STORY(told.story, told.run_until_idle(), "A", "a callback that has run stays somewhere");
  told.add(future, "B");
  EXPECT_STORY(told.story, told.run_until_idle(), "A B", "a callback that has run stays somewhere");
}

TEST(Step2_DoneCallbacks, ReceiveTheFuture) {  // FUT-08
  Told told;
  const auto future = told.future();
  future.add_done_callback([&](Future<int>& given) {
    told.story.ran("A");
    EXPECT_TRUE(given == future) << "Likely cause: it was given another future";
    EXPECT_STORY(
        told.story, given.done(), true,
        "the callback is given a future that is not done: the status changes in complete()");
    EXPECT_STORY(told.story, given.result(), 7, "the value was not stored");
  });
  future.add_done_callback([&](Future<int> copy) { told.story.ran(text_of(copy.result())); });
  told.set(future, 7);
  EXPECT_STORY(told.story, told.run_once(), "A 7", "the callback was not given the future");
}

TEST(Step2_DoneCallbacks, MayCaptureWhatCanOnlyBeMoved) {
  Told told;
  const auto future = told.future<std::unique_ptr<int>>();
  future.add_done_callback([only = std::make_unique<int>(1), &told](auto& done) {
    told.story.ran(std::to_string(*only + *done.result()));
  });
  future.set_result(std::make_unique<int>(6));
  EXPECT_STORY(told.story, told.run_once(), "7", "the callback did not run");
}

TEST(Step2_DoneCallbacks, AnEmptyOneIsRefused) {
  Told told;
  const auto future = told.future();
  told.story.step("add_done_callback(a null pointer)");
  void (*const nothing)(Future<int>&) = nullptr;
  EXPECT_STORY(told.story, refusal([&] { future.add_done_callback(nothing); }),
               "throws std::invalid_argument", "it would crash when it is called");
}

TEST(Step2_DoneCallbacks, OneThatThrowsIsReportedAndTheOthersRun) {  // FUT-08 EXC-01
  Told told;
  told.report_exceptions();
  const auto future = told.future();
  told.story.step("add_done_callback(A), which throws");
  future.add_done_callback([&](auto&) {
    told.story.ran("A");
    throw boom();
  });
  told.add(future, "B");
  told.set(future, 7);
  EXPECT_STORY(told.story, told.run_until_idle(), "A reported(boom) B",
               "each callback needs its own place in the ready queue, or the first that throws "
               "takes the others with it",
               Seen{"A reported(boom)", "removes-what-is-queued"});
}

TEST(Step2_DoneCallbacks, MayAddAnother) {  // FUT-07
  Told told;
  const auto future = told.future();
  told.story.step("add_done_callback(A), which will add C");
  future.add_done_callback([&](auto& done) {
    told.story.ran("A");
    told.add(done, "C");
  });
  told.add(future, "B");
  told.set(future, 7);
  EXPECT_STORY(told.story, told.run_once(), "A B", "what a callback adds waits its turn",
               Seen{"A C B", "added-late-runs-at-once"});
  EXPECT_STORY(told.story, told.run_once(), "A B C", "what a callback adds was lost");
}

TEST(Step2_DoneCallbacks, AChainOfFuturesTakesAnIterationPerLink) {  // FUT-07
  constexpr std::size_t links = 1'000;
  Told told;
  std::vector<Future<int>> chain;
  for (std::size_t i = 0; i <= links; ++i) chain.push_back(told.future());
  for (std::size_t i = 0; i < links; ++i) {
    chain[i].add_done_callback(
        [next = chain[i + 1]](auto& done) { next.set_result(done.result() + 1); });
  }
  told.story.step("each of 1000 futures completes the next one; the first is completed");
  chain[0].set_result(0);
  told.run_once();
  EXPECT_STORY(told.story, chain[2].done(), false, "a link completes the next one's callbacks, too",
               Seen{true, "inline-callback"});
  std::size_t iterations = 1;
  for (; told.loop.has_ready(); ++iterations) told.loop.run_once();
  EXPECT_STORY(told.story, chain.back().result(), static_cast<int>(links),
               "a link of the chain was lost");
  EXPECT_STORY(told.story, iterations, links,
               "each link takes one iteration: completion queues, and calls nobody");
}

TEST(Step2_DoneCallbacks, AddedLateKeepTheFutureAliveToo) {  // FUT-07
  Probe::Count count;
  Told told;
  {
    const auto future = told.future<Probe>();
    future.set_result(Probe(count));
    future.add_done_callback([&](auto& done) {
      EXPECT_STORY(told.story, done.result().count, &count, "the callback is given another future");
      told.story.ran("A");
    });
  }
  EXPECT_STORY(told.story, count.alive, 1, "a queued callback must keep its future");
  EXPECT_STORY(told.story, told.run_once(), "A", "the callback was lost with the handle");
  EXPECT_STORY(told.story, count.alive, 0, "the last callback must let the future go");
}

TEST(Step2_DoneCallbacks, AreReleasedWhenTheyHaveRun) {
  Told told;
  const auto captured = std::make_shared<int>();
  const auto future = told.future();
  future.add_done_callback([captured, &told](auto&) { told.story.ran("A"); });
  told.set(future, 7);
  EXPECT_STORY(told.story, told.run_once(), "A", "the callback was not queued");
  EXPECT_STORY(told.story, captured.use_count(), 1L, "a callback that has run is kept");
}

TEST(Step2_DoneCallbacks, OfAPendingFutureGoWithIt) {  // FUT-15
  Told told;
  told.report_exceptions();
  const auto captured = std::make_shared<int>();
  {
    const auto future = told.future();
    future.add_done_callback([captured](auto&) { ADD_FAILURE() << "the future was never done"; });
    EXPECT_STORY(told.story, captured.use_count(), 2, "the callback holds what it captured");
    told.story.step("the last handle of the pending future goes");
  }
  EXPECT_STORY(told.story, captured.use_count(), 1L, "the callback was left behind");
  EXPECT_STORY(told.story, told.run_until_idle(), "", "to give up a pending future is no error");
}

TEST(Step2_DoneCallbacks, OfAClosedLoopAreReleasedWithoutACall) {  // LOOP-28
  Probe::Count count;
  const auto captured = std::make_shared<int>();
  Told told;
  {
    const auto future = told.future<Probe>();
    future.add_done_callback([captured](auto&) { ADD_FAILURE() << "the loop is closed"; });
    future.set_result(Probe(count));
  }
  told.story.step("A is queued; close()");
  told.loop.close();
  EXPECT_STORY(told.story, captured.use_count(), 1L, "close() did not release the callback");
  EXPECT_STORY(told.story, count.alive, 0, "the discarded callback did not let its future go");
}

TEST(Step2_DoneCallbacks, WithoutALoopAFutureIsDoneAllTheSame) {  // LOOP-27 LOOP-28
  Told told;
  const auto captured = std::make_shared<int>();
  const auto future = told.future();
  future.add_done_callback([captured](auto&) { ADD_FAILURE() << "the loop is closed"; });
  told.story.step("close(), with a callback of a pending future");
  told.loop.close();
  told.story.step("set_result(7)");
  EXPECT_STORY(told.story, refusal([&] { future.set_result(7); }), "nothing is thrown",
               "destructors complete futures while a loop is closed: that must not fail");
  EXPECT_STORY(told.story, result_of(future), "7", "the result was lost");
  EXPECT_STORY(told.story, captured.use_count(), 1L,
               "those who can never be called must be released");
  told.story.step("add_done_callback(B)");
  EXPECT_STORY(told.story, refusal([&] { told.add(future, "B"); }), "throws InvalidStateError",
               "B would wait for ever");
}

TEST(Step2_DoneCallbacks, WhenTheyAreDiscardedTheFutureStays) {  // LOOP-28
  Probe::Count count;
  Told told;
  auto future = std::make_unique<Future<Probe>>(told.future<Probe>());
  future->add_done_callback([](auto&) { ADD_FAILURE() << "the loop is closed"; });
  told.loop.close();
  told.story.step("set_result(), with a callback, after close()");
  future->set_result(Probe(count));
  EXPECT_STORY(told.story, count.alive, 1,
               "complete() must call queue_waiters() before it changes the status: a callback that "
               "is discarded gives back a reference if its future is done, and none was counted");
  if (count.alive != 1) return void(future.release());  // it leads to a future that is gone
  told.story.step("its only handle goes");
  future = nullptr;
  EXPECT_STORY(told.story, count.alive, 0,
               "who is discarded gives no reference back: count those that are queued, and no "
               "others",
               Seen{1, "counts-the-discarded"});
}

TEST(Step2_DoneCallbacks, AnotherThreadIsRefused) {
  Told told;
  const auto future = told.future();
  told.add(future, "A");
  std::string refused;
  told.loop.call_soon([&] {
    told.story.step("another thread calls set_result(7) while the loop runs");
    std::thread([&] { refused = tests::refusal([&] { future.set_result(7); }); }).join();
  });
  told.run_once();
  EXPECT_STORY(told.story, refused,
               "set_result: the event loop runs in another thread; have it called there, by "
               "call_soon_threadsafe()",
               "a future is for one thread; the ready queue has no lock");
}

/// A waiter that is no done callback: it lives in its owner.
struct Waiting final : aio::Ready {
  Waiting(tests::Story& told, std::string called) : story(told), name(std::move(called)) {}
  void run() override { story.ran(name); }
  tests::Story& story;
  std::string name;
};

TEST(Step2_DoneCallbacks, ShareTheOrderWithOtherWaiters) {  // FUT-08
  Told told;
  const auto future = told.future();
  Waiting x(told.story, "X"), y(told.story, "Y");
  told.add(future, "A");
  told.story.step("X waits");
  future.state().wait(x);
  told.add(future, "B");
  told.set(future, 7);
  told.story.step("Y waits");
  future.state().wait(y);
  EXPECT_STORY(told.story, told.story.order(), "", "a waiter ran inside set_result or wait()");
  EXPECT_STORY(told.story, told.run_once(), "A X B Y", "all who wait stand in one list");
}

TEST(Step2_DoneCallbacks, AWaiterThatGoesLeavesTheList) {
  Told told;
  const auto future = told.future();
  std::optional<Waiting> gone;
  gone.emplace(told.story, "X");
  future.state().wait(*gone);
  told.add(future, "A");
  told.story.step("X is destroyed");
  gone.reset();
  told.set(future, 7);
  EXPECT_STORY(told.story, told.run_once(), "A", "whoever is gone cannot be woken");
}

TEST(Step2_DoneCallbacks, AllocateNothingOnceThePoolIsWarm) {
  if (!tests::AllocationCount::works()) GTEST_SKIP() << "the sanitizer has its own allocator";
  Told told;
  int sum = 0;
  const auto hand_over = [&] {
    const auto future = told.future();
    future.add_done_callback([&sum](auto& done) { sum += done.result(); });
    future.set_result(7);
    told.loop.run_once();
  };
  hand_over();
  const tests::AllocationCount count;
  for (int i = 0; i < 100; ++i) hand_over();
  const auto made = count.made();
  told.story.step("a hundred times: a future, a callback, set_result(7), run_once()");
  EXPECT_STORY(told.story, made, 0U, "a callback costs more than its node");
  EXPECT_STORY(told.story, sum, 707, "each callback runs once");
}

// ── 5.3 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step3_Remove, ARemovedCallbackIsNotCalled) {  // FUT-09
  Told told;
  const auto future = told.future();
  told.add(future, "A");
  const CallbackId b = told.add(future, "B");
  told.add(future, "C");
  EXPECT_STORY(told.story, told.remove(future, b, "B"), true, "it was there, and was not found");
  told.set(future, 7);
  EXPECT_STORY(told.story, told.run_once(), "A C", "the wrong callback was removed, or none");
}

TEST(Step3_Remove, SaysWhetherThereWasOne) {  // FUT-09
  Told told;
  const auto future = told.future();
  const CallbackId a = told.add(future, "A");
  EXPECT_STORY(told.story, told.remove(future, a, "A"), true, "A was there");
  EXPECT_STORY(told.story, told.remove(future, a, "A"), false, "A was removed already");
  EXPECT_STORY(told.story, told.remove(future, CallbackId{4711}, "who was never added"), false,
               "there never was such a callback");
}

TEST(Step3_Remove, EachRegistrationHasItsOwnName) {  // FUT-09
  Told told;
  const auto future = told.future();
  const auto callback = told.says("A");
  told.story.step("the same callback is added three times");
  const CallbackId first = future.add_done_callback(callback);
  const CallbackId second = future.add_done_callback(callback);
  const CallbackId third = future.add_done_callback(callback);
  EXPECT_STORY(told.story, first != second && second != third && first != third, true,
               "two registrations have the same id: each is to be the id of its node");
  EXPECT_STORY(told.story,
               int(told.remove(future, first, "first")) + int(told.remove(future, third, "third")),
               2, "two of the three were pending, and can be removed");
  told.set(future, 7);
  EXPECT_STORY(told.story, told.run_once(), "A", "one registration is left");
}

TEST(Step3_Remove, WhatIsQueuedStaysQueued) {  // FUT-10
  Told told;
  const auto future = told.future();
  std::optional<CallbackId> b;
  std::optional<bool> removed;
  told.story.step("add_done_callback(A), which will remove B");
  future.add_done_callback([&](auto& done) {
    told.story.ran("A");
    removed = told.remove(done, *b, "B");
  });
  b = told.add(future, "B");
  told.set(future, 7);
  EXPECT_STORY(told.story, told.run_once(), "A B",
               "the future was done, so B was queued already, and is out of its hands",
               tests::LooksLike{"A", "removes-what-is-queued"});
  EXPECT_STORY(told.story, removed, std::optional(false), "nothing was removed, so say so",
               tests::LooksLike{std::optional(true), "removes-what-is-queued"});
}

TEST(Step3_Remove, AfterCompletionItIsTooLate) {  // FUT-10
  Told told;
  const auto future = told.future();
  const CallbackId a = told.add(future, "A");
  told.set(future, 7);
  EXPECT_STORY(told.story, told.remove(future, a, "A"), false,
               "A left the future's list when the future was done",
               Seen{true, "removes-what-is-queued"});
  const CallbackId b = told.add(future, "B");
  EXPECT_STORY(told.story, told.remove(future, b, "B"), false, "B was queued at once");
  EXPECT_STORY(told.story, told.run_once(), "A B", "a queued callback was lost",
               Seen{"B", "removes-what-is-queued"});
}

TEST(Step3_Remove, ReleasesTheCallbackAtOnce) {  // FUT-09
  Told told;
  const auto captured = std::make_shared<int>();
  const auto future = told.future();
  const CallbackId a = future.add_done_callback([captured](auto&) {});
  told.remove(future, a, "A");
  EXPECT_STORY(told.story, captured.use_count(), 1L,
               "unlink() takes it out of the list; discard() releases what it holds");
}

TEST(Step3_Remove, LeavesNoReferenceBehind) {  // FUT-09
  Probe::Count count;
  Told told;
  {
    const auto future = told.future<Probe>();
    const CallbackId a = told.add(future, "A");
    told.add(future, "B");
    told.remove(future, a, "A");
    future.set_result(Probe(count));
  }
  told.story.step("set_result(), and the last handle is gone");
  EXPECT_STORY(told.story, told.run_once(), "B", "B was to be called");
  EXPECT_STORY(told.story, count.alive, 0,
               "complete() counts a reference for each callback in the list; one that was removed "
               "must not be counted any more",
               Seen{1, "removed-but-still-counted"});
}

TEST(Step3_Remove, ACallbackMayRemoveThatOfAnotherFuture) {  // FUT-09
  Told told;
  const auto first = told.future(), second = told.future();
  const CallbackId b = told.add(second, "B");
  told.add(second, "C");
  first.add_done_callback([&](auto&) {
    told.story.ran("A");
    EXPECT_STORY(told.story, told.remove(second, b, "B"), true,
                 "B was pending, and can be removed");
    told.set(second, 2);
  });
  told.set(first, 1);
  EXPECT_STORY(told.story, told.run_until_idle(), "A C", "B was removed in time");
}

TEST(Step3_Remove, WhatACallbackHoldsMayRemoveAnother) {
  Told told;
  const auto future = told.future();
  const CallbackId b = told.add(future, "B");
  struct RemovesB {
    Told* told;
    Future<int> future;
    CallbackId b;
    RemovesB(Told& t, Future<int> f, CallbackId id) : told(&t), future(std::move(f)), b(id) {}
    RemovesB(RemovesB&& other) noexcept
        : told(std::exchange(other.told, nullptr)), future(other.future), b(other.b) {}
    ~RemovesB() {
      if (told != nullptr) told->remove(future, b, "B");
    }
  };
  const CallbackId a = future.add_done_callback([held = RemovesB(told, future, b)](auto&) {});
  told.add(future, "C");
  EXPECT_STORY(told.story, told.remove(future, a, "A, which holds what removes B"), true,
               "A was there, and was not found");
  told.set(future, 7);
  EXPECT_STORY(told.story, told.run_once(), "C", "releasing A has removed B, too");
}

/// Holds a number where a done callback holds its ID.
struct Lookalike final : aio::Ready {
  Lookalike(tests::Story& told, CallbackId same) : number(same), story(told) {}
  void run() override { story.ran("X"); }
  CallbackId number;
  tests::Story& story;
};

TEST(Step3_Remove, KnowsOnlyDoneCallbacks) {  // FUT-09
  Told told;
  const auto future = told.future();
  const CallbackId a = told.add(future, "A");
  Lookalike x(told.story, a);
  told.story.step("X waits, which is no done callback");
  future.state().wait(x);
  const tests::Suspicion crash(
      "X is no DoneCallbackBase, and static_cast does not ask: dynamic_cast gives null");
  EXPECT_STORY(told.story, told.remove(future, a, "A"), true, "A is there, in front of X");
  told.set(future, 7);
  EXPECT_STORY(told.story, told.run_once(), "X",
               "tasks stand in the same list, and have no ID: dynamic_cast knows them apart, "
               "static_cast reads what happens to be there");
}

// ── 5.4 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step4_Cancel, APendingFutureIsDoneAtOnce) {  // FUT-06
  Told told;
  const auto future = told.future();
  EXPECT_STORY(told.story, told.cancel(future), true, "it was pending, so it is cancelled");
  EXPECT_STORY(told.story, future.done(), true, "a cancelled future is done");
  EXPECT_STORY(told.story, future.cancelled(), true, "it does not say why it is done");
}

TEST(Step4_Cancel, ASecondTimeThereIsNothingToCancel) {  // FUT-06
  Told told;
  const auto future = told.future();
  told.cancel(future);
  EXPECT_STORY(told.story, refusal([&] { future.cancel(); }), "nothing is thrown",
               "to come too late with a cancel() is no mistake: the answer is false");
  EXPECT_STORY(told.story, told.cancel(future), false, "it is done, and stays as it is");
  EXPECT_STORY(told.story, future.cancelled(), true, "a cancelled future stays cancelled");
}

TEST(Step4_Cancel, ADoneFutureKeepsItsOutcome) {  // FUT-06
  Told told;
  const auto good = told.future(), bad = told.future();
  told.set(good, 7);
  EXPECT_STORY(told.story, told.cancel(good), false, "too late: the result is there");
  EXPECT_STORY(told.story, result_of(good), "7", "the result was taken back");
  EXPECT_STORY(told.story, good.cancelled(), false, "it has a result, and is not cancelled");
  told.fail(bad);
  EXPECT_STORY(told.story, told.cancel(bad), false, "too late: it has failed");
  EXPECT_STORY(told.story, result_of(bad), "throws boom", "the failure was taken back");
}

TEST(Step4_Cancel, WhoAsksIsToldByCancelledError) {  // FUT-05
  Told told;
  const auto future = told.future();
  told.cancel(future);
  EXPECT_STORY(told.story, result_of(future), "throws CancelledError",
               "check_done() knows three cases: pending, cancelled, finished");
  EXPECT_STORY(told.story, exception_of(future), "throws CancelledError",
               "`none` would mean that it has succeeded");
  static_assert(!std::is_base_of_v<std::exception, aio::CancelledError>);
}

TEST(Step4_Cancel, NobodyCanSetItAnyMore) {  // FUT-04
  Told told;
  const auto future = told.future();
  told.cancel(future);
  told.story.step("set_result(7)");
  EXPECT_STORY(told.story, refusal([&] { future.set_result(7); }), "throws InvalidStateError",
               "a cancelled future is done", Seen{"nothing is thrown", "second-set-ignored"});
  told.story.step("set_exception(boom)");
  EXPECT_STORY(told.story, refusal([&] { future.set_exception(boom()); }),
               "throws InvalidStateError", "a cancelled future is done",
               Seen{"nothing is thrown", "second-set-ignored"});
  EXPECT_STORY(told.story, future.cancelled(), true, "the cancellation was taken back");
}

TEST(Step4_Cancel, CallbacksRunLaterAndInOrder) {  // FUT-07 FUT-08
  Told told;
  const auto future = told.future();
  future.add_done_callback([&](auto& done) {
    EXPECT_STORY(told.story, done.cancelled(), true, "complete() takes the status");
    told.story.ran("A");
  });
  told.add(future, "B");
  told.soon("X");
  told.cancel(future);
  told.story.step("cancel() has returned");
  EXPECT_STORY(told.story, told.story.order(), "", "a callback ran inside cancel()",
               Seen{"A B", "inline-callback"});
  EXPECT_STORY(told.story, told.run_once(), "X A B", "whoever waits for a future waits for any end",
               Seen{"X", "cancel-wakes-nobody"});
}

TEST(Step4_Cancel, ACallbackMayCancelAnotherFuture) {  // FUT-07
  Told told;
  const auto first = told.future(), second = told.future();
  told.add(second, "B");
  first.add_done_callback([&](auto&) {
    told.story.ran("A");
    told.cancel(second);
    told.story.ran("A-ends");
  });
  told.add(first, "C");
  told.set(first, 1);
  EXPECT_STORY(told.story, told.run_until_idle(), "A A-ends C B",
               "cancel() is a completion: it queues, and runs nobody",
               Seen{"A B A-ends C", "inline-callback"}, Seen{"A A-ends C", "cancel-wakes-nobody"});
}

TEST(Step4_Cancel, ALateAnswerIsNoError) {  // FUT-16
  Told told;
  told.report_exceptions();
  const auto answer = told.future();
  told.story.step("a timer will set the result in 1 s, unless the future is done by then");
  told.loop.call_later(1s, [&] {
    told.story.ran("timer");
    if (!answer.done()) answer.set_result(7);
  });
  told.cancel(answer);
  told.story.step("run_once()");
  told.loop.run_once();
  EXPECT_STORY(told.story, told.story.order(), "timer", "cancelled futures are done");
  EXPECT_STORY(told.story, answer.cancelled(), true,
               "the late result has taken the place of the cancellation");
}

TEST(Step4_Cancel, WithoutALoopAFutureIsDoneAllTheSame) {  // FUT-06
  Told told;
  const auto captured = std::make_shared<int>();
  const auto future = told.future();
  future.add_done_callback([captured](auto&) { ADD_FAILURE() << "the loop is closed"; });
  told.loop.close();
  told.story.step("the loop is closed");
  EXPECT_STORY(told.story, told.cancel(future), true, "it was pending");
  EXPECT_STORY(told.story, future.cancelled(), true,
               "cancel() completes a future even if no loop is left");
  EXPECT_STORY(told.story, captured.use_count(), 1,
               "those who can never be called must be released");
}

TEST(Step4_Cancel, NobodyNeedsToHearOfAFailure) {  // FUT-14
  Told told;
  const auto pending = told.future(), failed = told.future();
  told.fail(failed);
  told.cancel(pending);
  told.cancel(failed);
  EXPECT_STORY(told.story, failed.state().retrieved(), true,
               "whoever cancels has no interest in the outcome: note that in retrieved_ before you "
               "ask whether it is done",
               Seen{false, "a-late-cancel-leaves-no-note"});
  EXPECT_STORY(told.story, pending.state().retrieved(), true,
               "whoever cancels has no interest in the outcome: retrieved_");
}

// ── 5.5 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step5_Unretrieved, AFailureThatNobodyAskedForIsReported) {  // FUT-13
  Told told;
  told.report_exceptions();
  {
    const auto future = told.future();
    told.fail(future);
    told.story.step("the only handle goes");
  }
  EXPECT_STORY(told.story, told.story.order(), "reported(boom)",
               "the failure went with the future, and nobody will ever know",
               Seen{"", "silent-lost-exception"},
               Seen{"reported(boom) reported(boom)", "reports-too-early"});
}

TEST(Step5_Unretrieved, OnlyWhenTheLastHandleGoes) {  // FUT-13
  Told told;
  told.report_exceptions();
  std::optional<Future<int>> first(told.future()), second(*first);
  told.fail(*first);
  EXPECT_STORY(told.story, told.story.order(), "", "somebody may still ask",
               Seen{"reported(boom)", "reports-too-early"});
  told.story.step("the first handle goes");
  first.reset();
  EXPECT_STORY(told.story, told.story.order(), "",
               "there is another handle: somebody may still ask");
  told.story.step("the second handle goes");
  second.reset();
  EXPECT_STORY(told.story, told.run_until_idle(), "reported(boom)", "nobody can ask any more",
               Seen{"", "silent-lost-exception"});
}

TEST(Step5_Unretrieved, TheReportSaysWhat) {  // FUT-13
  Told told;
  std::optional<aio::ExceptionContext> report;
  told.loop.set_exception_handler([&](const aio::ExceptionContext& given) { report = given; });
  const auto exception = std::make_exception_ptr(boom());
  told.future().set_exception(exception);
  told.story.step("set_exception(boom), and the only handle goes");
  ASSERT_STORY(told.story, report.has_value(), true,
               "report_unretrieved() does not call the exception handler");
  EXPECT_STORY(told.story, report->message, "the exception of a future was never retrieved",
               "the message begins with \"the exception of a \", then describe(), then \" was "
               "never retrieved\"");
  EXPECT_STORY(told.story, report->source, "future", "the source is what describe() says");
  EXPECT_STORY(told.story, report->exception == exception, true,
               "the report holds the exception that was stored");
}

TEST(Step5_Unretrieved, WithoutAHandlerItIsPrinted) {  // FUT-13 EXC-02
  Told told;
  Stderr captured;
  told.future().set_exception(boom());
  told.story.step("without an exception handler: set_exception(boom), and the only handle goes");
  EXPECT_STORY(told.story, captured.take(),
               "loopwright: the exception of a future was never retrieved: boom in future\n",
               "call_exception_handler() prints what it is given: message, exception and source");
}

TEST(Step5_Unretrieved, WhoAsksSilencesIt) {  // FUT-14
  const auto reports_after = [](const std::function<void(const Future<int>&)>& asks) {
    Told told;
    told.report_exceptions();
    {
      const auto future = told.future();
      told.fail(future);
      asks(future);
    }
    return told.story.order();
  };
  // One that is not silenced, so that all others mean something.
  tests::Story story;
  story.step("set_exception(boom); somebody calls done(); the only handle goes");
  EXPECT_STORY(story, reports_after([](auto& future) { (void)future.done(); }), "reported(boom)",
               "done() does not ask for the exception");
  story.step("result() throws");
  EXPECT_STORY(story, reports_after([](auto& future) { (void)result_of(future); }), "",
               "check_done() must note in retrieved_ that somebody has asked, and "
               "report_unretrieved() must look there",
               tests::LooksLike{"reported(boom)", "reports-without-a-look"});
  story.step("or exception() returns it");
  EXPECT_STORY(story, reports_after([](auto& future) { (void)future.exception(); }), "",
               "check_done() must note in retrieved_ that somebody has asked, and "
               "report_unretrieved() must look there",
               tests::LooksLike{"reported(boom)", "reports-without-a-look"});
  story.step("or cancel() comes too late");
  EXPECT_STORY(
      story, reports_after([](auto& future) { future.cancel(); }), "",
      "whoever cancels has no interest in the outcome: cancel() must note that in retrieved_, "
      "even when it comes too late");
}

TEST(Step5_Unretrieved, ACallbackThatAsksSilencesIt) {  // FUT-13 FUT-14
  Told told;
  told.report_exceptions();
  const auto failing = [&](auto callback) {
    const auto future = told.future();
    future.add_done_callback(callback);
    told.fail(future);
  };
  failing([&](auto& done) { told.story.ran(exception_of(done)); });
  EXPECT_STORY(told.story, told.run_until_idle(), "boom", "the callback has asked");
  failing([&](auto&) { told.story.ran("looks-away"); });
  EXPECT_STORY(told.story, told.run_until_idle(), "boom looks-away reported(boom)",
               "to be called is not to ask; when the callback has run, nobody is left who could",
               Seen{"boom looks-away", "silent-lost-exception"});
}

TEST(Step5_Unretrieved, OneThatWasQueuedWhenTheLoopWasClosed) {  // FUT-13 LOOP-28
  Told told;
  told.report_exceptions();
  {
    const auto future = told.future();
    future.add_done_callback([](auto& done) { (void)done.exception(); });
    told.fail(future);
  }
  EXPECT_STORY(told.story, told.story.order(), "", "the queued callback may still ask");
  told.story.step("close()");
  told.loop.close();
  EXPECT_STORY(
      told.story, told.story.order(), "reported(boom)",
      "nobody can ask any more, so it is reported: a loop that is closed still takes reports, "
      "only one that is gone (anchor_->loop is null) cannot",
      tests::LooksLike{"", "silent-lost-exception"});
}

TEST(Step5_Unretrieved, OtherEndsAreSilent) {  // FUT-15
  Told told;
  told.report_exceptions();
  told.story.step("a pending future goes; one with a result that nobody read; a cancelled one");
  (void)told.future();
  told.future().set_result(7);
  told.future<void>().set_result();
  told.future().cancel();
  EXPECT_STORY(told.story, told.run_until_idle(), "", "none of these is an error");
  told.future().set_exception(boom());
  EXPECT_STORY(told.story, told.story.order(), "reported(boom)", "but this one is",
               Seen{"", "silent-lost-exception"});
}

TEST(Step5_Unretrieved, ALoopThatIsGoneIsNotAsked) {  // FUT-13
  int reports = 0;
  std::optional<Future<int>> future;
  {
    EventLoop loop;
    loop.set_exception_handler([&](const aio::ExceptionContext&) { ++reports; });
    future.emplace(loop);
    future->set_exception(boom());
  }
  Stderr captured;
  tests::Story story;
  story.step("the loop is gone; now the last handle of a failed future goes");
  const tests::Suspicion crash("anchor_->loop is null when the loop is gone");
  future.reset();
  EXPECT_STORY(story, reports, 0,
               "anchor_->loop is null when the loop is gone: nobody is to be told");
  EXPECT_STORY(story, captured.take(), "", "a future whose loop is gone says nothing");
}

TEST(Step5_Unretrieved, ABrokenHandlerBreaksNoDestructor) {  // FUT-13 EXC-03
  Told told;
  Stderr captured;
  told.loop.set_exception_handler([](const aio::ExceptionContext&) { throw boom("broken"); });
  told.future().set_exception(boom());
  told.story.step("the exception handler throws a FatalError out of a future's destructor");
  told.loop.set_exception_handler([](const aio::ExceptionContext&) { throw Interrupt(); });
  const tests::Suspicion crash(
      "call_exception_handler() lets a FatalError through, and a destructor may not: catch it");
  told.future().set_exception(boom());
  EXPECT_STORY(told.story, captured.take().find("broken") != std::string::npos, true,
               "a handler that throws is reported on stderr");
}

TEST(Step5_Unretrieved, TheHandlerMayUseFutures) {  // FUT-13
  Told told;
  const auto heard = told.future<std::string>();
  told.loop.set_exception_handler([&](const aio::ExceptionContext& context) {
    heard.set_result(aio::message_of(context.exception));
  });
  told.add(heard, "heard");
  told.future().set_exception(boom());
  EXPECT_STORY(told.story, told.run_until_idle(), "heard", "the handler was not called");
}

// ── in any order ───────────────────────────────────────────────────────────────────────────────

/// Futures that are completed, cancelled or given up in a drawn order, with callbacks that are
/// added and removed at drawn moments.
class Crowd {
 public:
  explicit Crowd(std::uint64_t seed) : random_(static_cast<std::minstd_rand::result_type>(seed)) {
    loop_.set_exception_handler([this](const aio::ExceptionContext&) { ++reports_; });
  }

  void live(int moves) {
    for (int i = 0; i < moves; ++i) {
      move();
      if (draw(4) == 0 && loop_.has_ready()) loop_.run_once();
    }
    while (loop_.has_ready()) loop_.run_once();
  }

  /// Every callback was called as often as it should: once if its future is done and it was not
  /// removed before, else never.
  void check() const {
    for (const Member& member : members_) {
      for (const auto& [called, removed, id] : member.callbacks) {
        EXPECT_EQ(*called, member.future.done() && !removed ? 1 : 0);
      }
    }
  }
  int reports() const { return reports_; }
  void forget() { members_.clear(); }
  int failed_and_never_asked() const { return failed_; }

 private:
  struct Registered {
    std::shared_ptr<int> called;
    bool removed;
    CallbackId id;
  };
  struct Member {
    Future<int> future;
    std::vector<Registered> callbacks{};
  };

  std::size_t draw(std::size_t below) { return random_() % below; }
  Member& any() { return members_[draw(members_.size())]; }

  void move() {
    if (members_.size() < 5 || draw(10) == 0) return void(members_.push_back({Future<int>(loop_)}));
    Member& member = any();
    switch (draw(6)) {
      case 0:
        return complete(member);
      case 1:
        return remove_one_of(member);
      default:
        return add_to(member);
    }
  }
  void add_to(Member& member) {
    auto called = std::make_shared<int>(0);
    inside_ = true;
    const CallbackId id = member.future.add_done_callback([this, called](auto& done) {
      EXPECT_FALSE(inside_) << "a callback ran inside another call";
      EXPECT_TRUE(done.done());
      ++*called;
    });
    inside_ = false;
    member.callbacks.push_back({called, false, id});
  }
  void remove_one_of(Member& member) {
    if (member.callbacks.empty()) return;
    Registered& one = member.callbacks[draw(member.callbacks.size())];
    const bool can = !member.future.done() && !one.removed;
    EXPECT_EQ(member.future.remove_done_callback(one.id), can);
    if (can) one.removed = true;
  }
  void complete(Member& member) {
    if (member.future.done()) return;
    inside_ = true;
    switch (draw(3)) {
      case 0:
        member.future.set_result(1);
        break;
      case 1:
        member.future.set_exception(boom());
        ++failed_;
        break;
      default:
        EXPECT_TRUE(member.future.cancel());
    }
    inside_ = false;
  }

  tests::VirtualLoop virtual_{};
  EventLoop& loop_ = virtual_.loop;
  std::minstd_rand random_;
  std::vector<Member> members_{};
  bool inside_ = false;
  int reports_ = 0, failed_ = 0;
};

TEST(Seeded_Futures, EveryCallbackIsCalledOnceAtMost) {  // FUT-07 FUT-09 FUT-13
  Crowd crowd(tests::seed().value_or(1));
  crowd.live(2'000);
  crowd.check();
  EXPECT_EQ(crowd.reports(), 0);
  crowd.forget();
  EXPECT_EQ(crowd.reports(), crowd.failed_and_never_asked());
}

// ── other threads ──

TEST(OtherThreads_Future, AreRefusedBeforeAnythingChanges) {
  Told told;
  const auto future = told.future();
  const CallbackId id = told.add(future, "A");
  told.loop.call_soon([&] {
    const auto refused = [](const std::function<void()>& call) {
      return tests::refused_elsewhere(call);
    };
    const auto boom = std::make_exception_ptr(std::runtime_error("boom"));
    EXPECT_EQ(refused([&] { future.set_result(7); }), tests::wrong_thread("set_result"));
    EXPECT_EQ(refused([&] { future.set_exception(boom); }), tests::wrong_thread("set_exception"));
    EXPECT_EQ(refused([&] { future.cancel(); }), tests::wrong_thread("cancel"));
    EXPECT_EQ(refused([&] { future.add_done_callback([](auto&) {}); }),
              tests::wrong_thread("add_done_callback"));
    EXPECT_EQ(refused([&] { future.remove_done_callback(id); }),
              tests::wrong_thread("remove_done_callback"));
    EXPECT_FALSE(future.done());
    EXPECT_TRUE(future.remove_done_callback(id));
  });
  told.run_once();
}

// ── who gets the value ──

TEST(Handles_Result, IsCopiedWhileOthersMayWantIt) {
  Told told;
  auto future = told.future<std::vector<std::string>>();
  auto other = future;
  future.set_result({std::string(100, 'x')});
  EXPECT_EQ(std::move(other).result().at(0).size(), 100u);
  EXPECT_EQ(future.result().at(0).size(), 100u) << "the other handle moved it out";
}

TEST(Handles_Result, IsMovedOutByTheLastHandle) {
  Told told;
  auto future = told.future<std::string>();
  future.set_result(std::string(100, 'x'));
  const char* const text = future.result().data();
  const std::string taken = std::move(future).result();
  EXPECT_EQ(taken.data(), text) << "it was copied, though nobody else can want it";
  EXPECT_THROW(future.result(), aio::InvalidStateError);
  EXPECT_EQ(future.exception(), nullptr);
}

TEST(Handles_Result, ThatCannotBeCopiedIsGivenOnce) {
  Told told;
  auto future = told.future<std::vector<std::unique_ptr<int>>>();  // it says that it can be copied
  const auto other = future;
  std::vector<std::unique_ptr<int>> one;
  one.push_back(std::make_unique<int>(7));
  future.set_result(std::move(one));
  EXPECT_EQ(*std::move(future).result().at(0), 7);
  EXPECT_THROW(other.result(), aio::InvalidStateError) << "the second one got an empty value";
}

TEST(Handles_Result, IsCopiedOnlyWhereTheTypeIsKnownToAllowIt) {
  struct Unknown {
    std::vector<std::unique_ptr<int>> hidden;
  };
  using aio::Copies, aio::copies;
  EXPECT_EQ((copies<std::tuple<int, std::string>>), Copies::always);
  EXPECT_EQ((copies<std::map<std::string, std::vector<std::string>>>), Copies::always);
  EXPECT_EQ((copies<std::vector<std::vector<std::unique_ptr<int>>>>), Copies::never);
  EXPECT_EQ((copies<std::optional<std::vector<std::unique_ptr<int>>>>), Copies::never);
  EXPECT_EQ(copies<Unknown>, Copies::perhaps);
}

// ── futures that own futures ──

/// A result that owns the next future, which has such a result.
struct Chained {
  std::vector<Future<Chained>> next;
  std::shared_ptr<int> probe;
};

TEST(Futures_Chain, OfResultsEndsWithoutALongWayDown) {
  Told told;
  const auto probe = std::make_shared<int>();
  Future<Chained> first(told.loop);
  first.set_result(Chained{{}, probe});
  for (int i = 0; i < 200'000; ++i) {
    Future<Chained> before(told.loop);
    before.set_result(Chained{std::vector{std::move(first)}, nullptr});
    first = std::move(before);
  }
  EXPECT_EQ(probe.use_count(), 2);
  first = Future<Chained>(told.loop);
  EXPECT_EQ(probe.use_count(), 1) << "the last of them is still there";
}

TEST(Futures_Chain, OfCallbacksEndsWithoutALongWayDown) {
  Probe::Count count;
  Told told;
  auto first = told.future();
  first.add_done_callback([probe = Probe(count)](auto&) {});
  for (int i = 0; i < 200'000; ++i) {
    auto before = told.future();
    before.add_done_callback([held = std::move(first)](auto&) {});
    first = std::move(before);
  }
  EXPECT_EQ(count.alive, 1);
  first = told.future();
  EXPECT_EQ(count.alive, 0) << "the last of them is still there";
}

}  // namespace
