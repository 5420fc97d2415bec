// Lesson 04: callbacks, iterations, timers, descriptors, running and stopping, exceptions.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/event_loop.hpp>

#include "support/allocations.hpp"
#include "support/at.hpp"
#include "support/faults.hpp"
#include "support/interrupt.hpp"
#include "support/refusal.hpp"
#include "support/seed.hpp"
#include "support/spared.hpp"
#include "support/stderr.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/virtual_loop.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Callback, aio::Clock, aio::EventLoop, aio::Handle, aio::TimerHandle, aio::UniqueFd;
using tests::at, tests::Interrupt, tests::LooksLike, tests::refusal, tests::Seen, tests::Stderr;

const auto compiled = tests::compiled_from(aio::layers::event_loop);

/// A loop on virtual time, and the words in which a test tells what it does with it.
struct Told : tests::VirtualLoop {
  /// A callback that only reports itself.
  Callback says(std::string name) {
    return [this, name = std::move(name)] { story.ran(name); };
  }
  Handle soon(std::string name) {
    story.step("call_soon(" + name + ")");
    return loop.call_soon(says(std::move(name)));
  }
  TimerHandle later(aio::Delay delay, std::string name) {
    story.step("call_later(" + tests::to_text(delay.count()) + ", " + name + ")");
    return loop.call_later(delay, says(std::move(name)));
  }
  const std::string& run_once() {
    story.step("run_once()");
    loop.run_once();
    return story.order();
  }
  /// An iteration that does not sleep, since there is always something ready.
  const std::string& iterate() {
    loop.call_soon([] {});
    return run_once();
  }
  const std::string& run_forever() {
    story.step("run_forever()");
    loop.run_forever();
    story.step("run_forever() returns");
    return story.order();
  }
};

/// Two connected descriptors that do not block: a pipe's ends, or a pair of sockets.
struct Pair {
  UniqueFd here, there;
};
Pair pipe_ends() {  // read here what is written there
  int ends[2];
  aio::check_syscall("pipe2", ::pipe2(ends, O_NONBLOCK | O_CLOEXEC));
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}
Pair sockets() {
  int ends[2];
  aio::check_syscall("socketpair", ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends));
  return {UniqueFd(ends[0]), UniqueFd(ends[1])};
}
void put(const UniqueFd& fd) { EXPECT_EQ(::write(fd.get(), "x", 1), 1); }
void take(const UniqueFd& fd) {
  char byte;
  EXPECT_EQ(::read(fd.get(), &byte, 1), 1);
}

// ── 4.1 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step1_CallSoon, QueuesTheCallback) {
  Told told;
  const Handle kept = told.soon("A");
  EXPECT_STORY(told.story, told.story.order(), "",
               "the callback ran inside call_soon; the caller was not ready for that",
               Seen{"A", "callback-inside-call-soon"});
  EXPECT_STORY(told.story, told.loop.has_ready(), true,
               "the callback is not in the ready queue: ready_.push_back() takes the node itself");
}

TEST(Step1_CallSoon, RunsNothingInsideTheCall) {
  Told told;
  told.soon("A");
  told.story.step("call_soon returns");
  EXPECT_STORY(told.story, told.story.order(), "",
               "the callback ran inside call_soon; the caller was not ready for that",
               Seen{"A", "callback-inside-call-soon"});
}

TEST(Step1_CallSoon, TheCallbackNeedsNoHandle) {  // LOOP-01
  Told told;
  auto captured = std::make_shared<int>();
  told.story.step("call_soon(A), and the handle is thrown away");
  told.loop.call_soon([captured] {});
  EXPECT_STORY(told.story, told.loop.has_ready(), true,
               "nobody but the handle keeps the callback alive; see queued()",
               tests::LooksLike{false, "handle-owns-the-callback"});
  EXPECT_STORY(told.story, captured.use_count(), 2,
               "the node does not own the callback, or there are two of it");
}

TEST(Step1_CallSoon, TakesACallbackThatCanOnlyBeMoved) {  // LOOP-01
  Told told;
  told.story.step("call_soon(A), which holds a unique_ptr");
  told.loop.call_soon([only = std::make_unique<int>(7)] {});
  EXPECT_STORY(told.story, told.loop.has_ready(), true,
               "a callback that can only be moved is not taken");
}

TEST(Step1_CallSoon, TheHandleBelongsToItsCallback) {  // LOOP-04
  Told told;
  auto a_captured = std::make_shared<int>(), b_captured = std::make_shared<int>();
  told.story.step("call_soon(A), call_soon(B)");
  Handle a = told.loop.call_soon([a_captured] {});
  Handle b = told.loop.call_soon([b_captured] {});
  ASSERT_STORY(told.story, static_cast<bool>(a), true,
               "the handle is empty: a Handle is made from the node that it leads to");
  told.story.step("cancel(A)");
  a.cancel();
  EXPECT_STORY(told.story, a.cancelled(), true,
               "cancel() marks the node that the handle leads to; this one leads elsewhere");
  EXPECT_STORY(told.story, b.cancelled(), false, "A's handle leads to B's node");
  EXPECT_STORY(told.story, a_captured.use_count(), 1, "the handle does not lead to its callback");
  EXPECT_STORY(told.story, b_captured.use_count(), 2, "A's handle leads to B");
  EXPECT_STORY(told.story, told.loop.has_ready(), true, "B was not cancelled, and is still queued");
}

TEST(Step1_CallSoon, CancellingReleasesTheCallbackAtOnce) {  // LOOP-04 LOOP-06
  Told told;
  auto captured = std::make_shared<int>();
  told.story.step("call_soon(A), which holds something");
  Handle handle = told.loop.call_soon([captured] {});
  told.story.step("cancel(A)");
  handle.cancel();
  EXPECT_STORY(told.story, captured.use_count(), 1,
               "what a cancelled callback holds is kept until its turn would have come",
               tests::LooksLike{2, "cancel-keeps-the-callback"},
               Seen{2, "handle-owns-the-callback"});
  EXPECT_STORY(told.story, told.loop.has_ready(), false,
               "a callback that was cancelled stays in the queue");
  handle.cancel();
  EXPECT_STORY(told.story, handle.cancelled(), true, "a second cancel() changes nothing");
}

TEST(Step1_CallSoon, ClosingReleasesInTheOrderOfTheCalls) {  // LOOP-28
  Told told;
  struct Released {
    tests::Story* story;
    std::string name;
    ~Released() {
      const tests::Spared spared_here;
      story->step(name + " is released"), story->ran(name);
    }
  };
  for (const char* name : {"A", "B", "C"}) {
    told.story.step("call_soon(" + std::string(name) + ")");
    told.loop.call_soon([held = std::make_unique<Released>(&told.story, name)] {});
  }
  told.story.step("close()");
  told.loop.close();
  EXPECT_STORY(told.story, told.story.order(), "A B C", "the queue is not first in, first out",
               Seen{"C B A", "lifo"});
}

TEST(Step1_CallSoon, AHandleMayOutliveItsLoop) {  // LOOP-04 LOOP-28
  auto captured = std::make_shared<int>();
  std::optional<Handle> handle;
  {
    EventLoop loop;
    handle = loop.call_soon([captured] { ADD_FAILURE() << "a callback of a closed loop ran"; });
  }
  tests::Story story;
  story.step("call_soon(A); the loop is destroyed, the handle is kept");
  EXPECT_STORY(story, captured.use_count(), 1, "what A holds is kept although A can never run");
  handle->cancel();
  story.step("cancel(A)");
  EXPECT_STORY(story, handle->cancelled(), false, "there was nothing left to cancel");
}

TEST(Step1_CallSoon, AClosedLoopRefuses) {  // LOOP-27
  Told told;
  told.story.step("close()");
  told.loop.close();
  told.story.step("call_soon(A)");
  EXPECT_STORY(told.story, refusal([&] { told.loop.call_soon([] {}); }),
               "call_soon: the event loop is closed",
               "call_soon() does not ask check_usable(); the callback would wait for ever",
               Seen{"nothing was thrown", "closed-loop-takes-callbacks"});
}

// ── 4.2 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step2_RunOnce, RunsInTheOrderOfTheCalls) {  // LOOP-01
  Told told;
  told.soon("A");
  told.soon("B");
  told.soon("C");
  const std::string left = refusal([&] { told.run_once(); });
  EXPECT_STORY(told.story, told.story.order(), "A B C", "the queue is not first in, first out",
               Seen{"C B A", "lifo"}, Seen{"A", "one-callback-per-iteration"});
  EXPECT_STORY(told.story, left, "nothing was thrown",
               "an iteration polls first: when everything has run there is nothing to wait for, "
               "and poll() says so");
}

TEST(Step2_RunOnce, RunsEachCallbackOnce) {  // LOOP-01
  Told told;
  told.soon("A");
  told.run_once();
  told.soon("B");
  EXPECT_STORY(told.story, told.run_once(), "A B", "a callback that has run stays in the queue");
  EXPECT_STORY(told.story, told.loop.has_ready(), false,
               "a callback that has run stays in the queue");
}

TEST(Step2_RunOnce, RunsOnlyWhatWasReadyAtTheStart) {  // LOOP-02
  Told told;
  told.story.step("call_soon(A), which will call_soon(C)");
  told.loop.call_soon([&] {
    told.story.ran("A");
    told.soon("C");
  });
  told.soon("B");
  EXPECT_STORY(told.story, told.run_once(), "A B",
               "what a callback schedules must wait for the next iteration",
               Seen{"A B C", "drain-until-empty"}, Seen{"A C B", "lifo"});
  EXPECT_STORY(told.story, told.loop.has_ready(), true, "what A has scheduled is not in the queue");
  EXPECT_STORY(told.story, told.run_once(), "A B C", "a callback was lost");
}

TEST(Step2_RunOnce, AChainTakesAnIterationPerLink) {  // LOOP-02
  Told told;
  int links = 0;
  std::function<void()> link = [&] {
    told.story.ran("link");
    if (++links < 5) told.loop.call_soon(link);
  };
  told.story.step("call_soon(link), which schedules itself four times more");
  told.loop.call_soon(link);
  told.run_once();
  EXPECT_STORY(told.story, links, 1, "a chain of callbacks keeps the iteration from ending",
               tests::LooksLike{5, "drain-until-empty"});
  told.run_once();
  EXPECT_STORY(told.story, links, 2, "an iteration runs one link of the chain");
}

TEST(Step2_RunOnce, ACallbackMayCancelAnother) {  // LOOP-05
  Told told;
  std::optional<Handle> b;
  told.story.step("call_soon(A), which will cancel(B)");
  told.loop.call_soon([&] {
    told.story.ran("A");
    b->cancel();
  });
  b = told.soon("B");
  told.soon("C");
  const tests::Suspicion crash(
      "run_ready() works on a copy or a count of the queue, which B has left meanwhile");
  EXPECT_STORY(told.story, told.run_once(), "A C",
               "run_ready() works on a copy of the queue; a cancelled callback has left the queue");
  EXPECT_STORY(told.story, b->cancelled(), true, "A has cancelled B before B ran");
}

TEST(Step2_RunOnce, NothingComesInThePlaceOfTheCancelled) {  // LOOP-02 LOOP-05
  Told told;
  std::optional<Handle> b;
  told.story.step("call_soon(A), which will cancel(B) and call_soon(C); C will call_soon(D)");
  told.loop.call_soon([&] {
    told.story.ran("A");
    b->cancel();
    told.story.step("B is cancelled");
    told.loop.call_soon([&] {
      told.story.ran("C");
      told.loop.call_soon(told.says("D"));
    });
  });
  b = told.soon("B");
  EXPECT_STORY(told.story, told.run_once(), "A",
               "C came while the batch ran, so it waits for the next iteration, although the batch "
               "has become shorter",
               Seen{"A C", "counts-the-batch"}, tests::LooksLike{"A C D", "drain-until-empty"});
  EXPECT_STORY(told.story, told.run_once(), "A C", "C was lost");
}

TEST(Step2_RunOnce, TheLastOfABatchMayBeCancelled) {  // LOOP-02 LOOP-05
  Told told;
  std::optional<Handle> last;
  int links = 0;
  std::function<void()> chain = [&] {
    told.story.ran(std::to_string(++links));
    if (links == 5) throw Interrupt();  // it would go on for ever, or take from an empty queue
    told.loop.call_soon(chain);
  };
  told.story.step("call_soon(A), which will call_soon(1) and cancel(B); 1 schedules 2, and so on");
  told.loop.call_soon([&] {
    told.story.ran("A");
    told.loop.call_soon(chain);
    last->cancel();
  });
  last = told.soon("B");
  try {
    told.run_once();
  } catch (const aio::FatalError&) {
    told.story.step("5 throws, so that this ends");
  }
  EXPECT_STORY(told.story, told.story.order(), "A",
               "the end of a batch is not its last callback, which may be taken out of the queue: "
               "put something there that nobody else takes out, an EndOfBatch");
}

TEST(Step2_RunOnce, ACallbackThatHasRunIsNotCancelled) {  // LOOP-04
  Told told;
  Handle a = told.soon("A");
  std::optional<Handle> b;
  b = told.loop.call_soon([&] { b->cancel(); });  // while it runs
  const tests::Suspicion crash(
      "a callback has to be taken out of the queue before it runs, or it runs a second time");
  told.run_once();
  a.cancel();
  EXPECT_STORY(told.story, a.cancelled(), false,
               "a callback that has run cannot be cancelled any more");
  EXPECT_STORY(told.story, b->cancelled(), false, "nor can one that is running");
}

TEST(Step2_RunOnce, WhatACallbackHoldsLivesWhileItRuns) {  // LOOP-06
  Told told;
  std::optional<Handle> handle;
  handle = told.loop.call_soon([&handle, held = std::make_shared<std::string>("held")] {
    handle->cancel();
    handle.reset();
    EXPECT_EQ(*held, "held") << "Likely cause: the callback was destroyed while it ran";
  });
  told.run_once();
}

// Which exceptions leave a callback for good is for step 4.6 to say; until then, all do.
TEST(Step2_RunOnce, WhatCutsABatchShortLosesNothing) {  // LOOP-29
  Told told;
  told.story.step("call_soon(A), which throws a FatalError; call_soon(B)");
  told.loop.call_soon([] { throw Interrupt(); });
  told.loop.call_soon(told.says("B"));
  try {
    told.run_once();
  } catch (const aio::FatalError&) {
    told.story.step("an exception has left run_once()");
  }
  EXPECT_STORY(
      told.story, told.iterate(), "B",
      "run_ready() has moved the batch into a list of its own, and an exception takes that "
      "list away; what is still to run must stay in ready_",
      Seen{"", "fatal-error-loses-the-batch"});
}

TEST(Step2_RunOnce, WithNothingToWaitForItSaysSo) {
  Told told;
  EXPECT_THROW(told.run_once(), aio::DeadlockError)
      << "Likely cause: iterate() does not poll() when nothing is ready";
}

TEST(Step2_RunOnce, ASeedReordersABatch) {
  const auto order_with = [](std::optional<std::uint64_t> seed) {
    aio::VirtualClock clock;
    EventLoop loop({.clock = &clock, .shuffle_seed = seed});
    std::string order;
    for (char name = 'A'; name <= 'H'; ++name) loop.call_soon([&order, name] { order += name; });
    loop.run_once();
    return order;
  };
  std::set<std::string> orders;
  tests::Story story;
  story.step("a batch of eight callbacks runs under five different seeds");
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    EXPECT_STORY(story, order_with(seed), order_with(seed), "a seed must replay the same order");
    orders.insert(order_with(seed));
  }
  EXPECT_STORY(story, orders.size(), 5U, "iterate() does not call shuffle_.reorder(ready_)",
               tests::LooksLike{std::size_t{1}, "seed-ignored"});
  for (const std::string& order : orders)
    EXPECT_STORY(story, order.size(), 8U, "each of the eight runs once, in whatever order");
  EXPECT_STORY(story, order_with(std::nullopt), "ABCDEFGH",
               "without a seed, a batch keeps its order");
}

// ── 4.3 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step3_Timers, ATimerNeedsNoHandle) {
  auto told = std::make_unique<Told>();
  const auto captured = std::make_shared<int>();
  told->story.step("call_later(10 ms, A), and the handle is thrown away");
  told->loop.call_later(10ms, [captured, says = told->says("A")]() mutable { says(); });
  const bool kept = captured.use_count() == 2;
  EXPECT_STORY(told->story, kept, true,
               "nobody but the handle keeps the callback alive; see queued()");
  if (!kept) return void(told.release());  // its queue leads to a timer that is gone
  EXPECT_STORY(told->story, told->run_once(), "A",
               "run_once() sleeps until the deadline, and then looks at the timers",
               LooksLike{"", "timers-before-the-poll"});
}

TEST(Step3_Timers, FiresAtItsDeadline) {  // LOOP-07
  Told told;
  told.later(10ms, "A");
  EXPECT_STORY(told.story, told.run_once(), "A",
               "run_once() sleeps until the deadline, and then looks at the timers",
               LooksLike{"", "timers-before-the-poll"});
  EXPECT_STORY(told.story, told.clock.now(), at(10ms), "the deadline is not now plus the delay");
}

TEST(Step3_Timers, NeverFiresEarly) {  // LOOP-07
  Told told;
  told.later(10ms, "A");
  told.clock.advance(10ms - 1ns);
  EXPECT_STORY(told.story, told.iterate(), "", "a timer is taken for due before its deadline",
               tests::LooksLike{"A", "early-by-a-tick"});
  told.clock.advance(1ns);
  EXPECT_STORY(told.story, told.iterate(), "A", "at its deadline a timer is due");
}

TEST(Step3_Timers, WhatATimerSchedulesWaitsForTheNextIteration) {  // LOOP-02
  Told told;
  told.story.step("call_later(0, T), which will call_soon(X)");
  told.loop.call_later(0ms, [&] {
    told.story.ran("T");
    told.soon("X");
  });
  EXPECT_STORY(told.story, told.iterate(), "T",
               "X was queued before the batch was run: timers are queued in an iteration, and run "
               "with the rest",
               tests::LooksLike{"T X", "runs-due-timers-itself"});
}

TEST(Step3_Timers, CallAtTakesATime) {  // LOOP-07
  Told told;
  told.clock.advance(1s);
  told.story.step("call_at(1.25 s, A)");
  told.loop.call_at(at(1250ms), told.says("A"));
  told.run_once();
  EXPECT_STORY(told.story, told.clock.now(), at(1250ms), "call_at() takes a time, not a delay");
}

TEST(Step3_Timers, AllThatAreDueRunByDeadline) {  // LOOP-08
  Told told;
  told.later(30ms, "C");
  told.later(10ms, "A");
  told.later(20ms, "B");
  told.story.step("the clock advances by 30 ms");
  told.clock.advance(30ms);
  EXPECT_STORY(told.story, told.run_once(), "A B C",
               "one iteration takes out all timers that are due",
               tests::LooksLike{"A", "one-timer-per-iteration"});
}

TEST(Step3_Timers, EqualDeadlinesKeepTheirOrder) {  // LOOP-11
  Told told;
  for (const char* name : {"A", "B", "C", "D", "E"}) told.later(10ms, name);
  EXPECT_STORY(told.story, told.run_once(), "A B C D E", "timers for one moment change places",
               tests::LooksLike{"A", "one-timer-per-iteration"});
}

TEST(Step3_Timers, ADelayMayBeZeroOrNegative) {  // LOOP-09
  Told told;
  told.later(0ms, "now");
  told.later(-5ms, "late");
  told.later(-10ms, "later");
  EXPECT_STORY(told.story, told.iterate(), "later late now",
               "a deadline that has passed still orders the timers",
               Seen{"now late later", "zero-delay-takes-a-shortcut"},
               Seen{"later", "one-timer-per-iteration"});
}

TEST(Step3_Timers, AZeroDelayComesAfterWhatIsReady) {  // LOOP-10
  Told told;
  told.story.step("call_soon(A), which will call_later(0, T), then call_soon(S)");
  told.loop.call_soon([&] {
    told.story.ran("A");
    told.later(0ms, "T");
    told.soon("S");
  });
  EXPECT_STORY(told.story, told.run_once(), "A", "a timer set in this iteration ran in it",
               Seen{"A T S", "drain-until-empty"});
  EXPECT_STORY(told.story, told.run_once(), "A S T", "a timer overtook what was ready before it",
               tests::LooksLike{"A T S", "zero-delay-takes-a-shortcut"},
               Seen{"A T S", "timers-jump-the-queue"});
}

TEST(Step3_Timers, WhatWasReadyRunsFirst) {  // LOOP-03
  Told told;
  told.later(10ms, "timer");
  told.story.step("the clock advances by 10 ms");
  told.clock.advance(10ms);
  told.soon("ready");
  EXPECT_STORY(told.story, told.run_once(), "ready timer",
               "a timer that is due goes to the back of the ready queue",
               LooksLike{"timer ready", "timers-jump-the-queue"});
}

TEST(Step3_Timers, TheHandleKnowsTheDeadline) {  // LOOP-12
  Told told;
  TimerHandle a = told.later(10ms, "A"), b = told.later(20ms, "B");
  b.cancel();
  told.run_once();
  EXPECT_STORY(told.story, a.when(), at(10ms), "call_at() does not note the deadline in `when`");
  EXPECT_STORY(told.story, b.when(), at(20ms), "a cancelled timer keeps its deadline");
  EXPECT_STORY(told.story, a.cancelled(), false, "A has run, and was not cancelled");
}

TEST(Step3_Timers, ADelayCountsFromNow) {  // LOOP-16
  Told told;
  std::optional<TimerHandle> timer;
  told.clock.advance(20ms);
  told.story.step("call_soon(A), which computes for 50 ms and then calls call_later(10 ms, T)");
  told.loop.call_soon([&] {
    told.story.ran("A");
    told.clock.advance(50ms);
    timer = told.later(10ms, "T");
  });
  told.run_once();
  EXPECT_STORY(told.story, told.clock.now(), at(70ms), "time passes while a callback runs");
  EXPECT_STORY(told.story, timer->when(), at(80ms),
               "T is due 10 ms after the call, and that was made at 70 ms",
               Seen{at(30ms), "delay-from-a-stale-time"}, Seen{at(10ms), "delay-from-zero"});
  told.run_once();
  EXPECT_STORY(told.story, told.clock.now(), at(80ms), "the timer is not set for its deadline");
}

TEST(Step3_Timers, ACancelledTimerNeverFires) {  // LOOP-04 LOOP-14
  Told told;
  auto captured = std::make_shared<int>();
  told.story.step("call_later(10 ms, A), call_later(20 ms, B), cancel(A)");
  TimerHandle a = told.loop.call_later(10ms, [captured] { ADD_FAILURE() << "A ran"; });
  told.loop.call_later(20ms, told.says("B"));
  a.cancel();
  EXPECT_STORY(told.story, a.cancelled(), true,
               "the handle of a timer leads to its callback's node");
  EXPECT_STORY(told.story, captured.use_count(), 1, "a cancelled timer keeps what it holds");
  EXPECT_STORY(told.story, told.run_once(), "B", "the loop woke up for a cancelled timer");
  EXPECT_STORY(told.story, told.clock.now(), at(20ms),
               "the loop slept until another time than B's deadline");
}

TEST(Step3_Timers, ATimerThatIsDueCanBeCancelled) {  // LOOP-05
  Told told;
  std::optional<TimerHandle> b;
  told.story.step("call_later(10 ms, A), which will cancel(B)");
  told.loop.call_later(10ms, [&] {
    told.story.ran("A");
    b->cancel();
  });
  b = told.later(10ms, "B");
  told.later(10ms, "C");
  EXPECT_STORY(told.story, told.run_once(), "A C", "a timer that is due is still cancellable");
}

TEST(Step3_Timers, AnEndlessDelayNeverFires) {  // LOOP-13
  Told told;
  told.story.step("call_later(for ever, …), three ways to write it");
  TimerHandle a = told.loop.call_later(std::chrono::hours::max(), told.says("A"));
  TimerHandle b = told.loop.call_later(std::chrono::nanoseconds::max(), told.says("B"));
  TimerHandle c = told.loop.call_later(
      std::chrono::duration<double>(std::numeric_limits<double>::infinity()), told.says("C"));
  told.clock.advance(1h);
  TimerHandle d = told.loop.call_later(std::chrono::hours::max(), told.says("D"));
  told.later(10ms, "T");
  EXPECT_STORY(told.story, told.run_once(), "T", "now plus the delay does not fit into 64 bits");
  for (TimerHandle* endless : {&a, &b, &c, &d}) endless->cancel();
  EXPECT_THROW(told.run_once(), aio::DeadlockError)
      << "Likely cause: a cancelled timer still counts, so that the loop would wait for ever";
}

TEST(Step3_Timers, ASeedReordersWhatIsDueToo) {
  const auto order_with = [](std::uint64_t seed) {
    aio::VirtualClock clock;
    EventLoop loop({.clock = &clock, .shuffle_seed = seed});
    std::string order;
    for (char name = 'A'; name <= 'H'; ++name) loop.call_later(0s, [&, name] { order += name; });
    loop.run_once();
    return order;
  };
  tests::Story story;
  story.step("eight timers are due at once, under five different seeds");
  std::set<std::string> orders;
  for (std::uint64_t seed = 1; seed <= 5; ++seed) orders.insert(order_with(seed));
  EXPECT_STORY(story, orders.size(), 5U,
               "the batch is shuffled when it is complete: first the timers that are due join it",
               tests::LooksLike{std::size_t{1}, "seed-before-the-timers"});
}

TEST(Step3_Timers, AClosedLoopRefuses) {
  Told told;
  told.story.step("close()");
  told.loop.close();
  told.story.step("call_at(1 s, A)");
  EXPECT_STORY(told.story, refusal([&] { told.loop.call_at(at(1s), [] {}); }),
               "call_at: the event loop is closed",
               "call_at() does not ask check_usable(); the callback would wait for ever",
               Seen{"nothing was thrown", "closed-loop-takes-timers"});
}

TEST(Step3_Timers, ATimerMayOutliveItsLoop) {  // LOOP-28
  auto captured = std::make_shared<int>();
  std::optional<TimerHandle> handle;
  {
    Told told;
    handle = told.loop.call_later(10ms, [captured] { ADD_FAILURE() << "it ran"; });
  }
  tests::Story story;
  story.step("call_later(10 ms, A); the loop is destroyed, the handle is kept");
  EXPECT_STORY(story, captured.use_count(), 1, "what A holds is kept although A can never run");
  story.step("cancel(A)");
  handle->cancel();
  EXPECT_STORY(story, handle->when(), at(10ms), "the handle keeps the deadline in its node");
}

// ── 4.4 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step4_Descriptors, AReaderRunsWhileThereIsSomethingToRead) {  // IO-01
  Told told;
  Pair pipe = pipe_ends();
  told.story.step("add_reader(R); two bytes arrive");
  told.loop.add_reader(pipe.here.get(), told.says("R"));
  put(pipe.there), put(pipe.there);
  const tests::Suspicion crash("the data of poller_.watch() is not the address of the Descriptor");
  EXPECT_STORY(told.story, told.iterate(), "R", "the reader is not called");
  told.story.step("R has read nothing");
  EXPECT_STORY(told.story, told.iterate(), "R R",
               "a reader is called in every iteration, for as long as there is something to read",
               tests::LooksLike{"R", "edge-triggered"});
  told.story.step("both bytes are read");
  take(pipe.here), take(pipe.here);
  EXPECT_STORY(told.story, told.iterate(), "R R", "there is nothing to read any more");
}

TEST(Step4_Descriptors, AReaderWakesTheLoop) {  // IO-01
  Told told;
  Pair pipe = pipe_ends();
  told.story.step("add_reader(R); nothing else to do; another thread writes");
  told.loop.add_reader(pipe.here.get(), told.says("R"));
  std::jthread writer([&] { put(pipe.there); });
  EXPECT_STORY(told.story, told.run_once(), "R", "the loop sleeps on although there is an event");
}

TEST(Step4_Descriptors, AWriterRunsWhileThereIsRoom) {  // IO-02
  Told told;
  Pair pair = sockets();
  told.story.step("add_writer(W)");
  told.loop.add_writer(pair.here.get(), told.says("W"));
  told.iterate();
  EXPECT_STORY(told.story, told.iterate(), "W W", "a writer is called in every iteration",
               tests::LooksLike{"W", "edge-triggered"});
  told.story.step("remove_writer()");
  EXPECT_STORY(told.story, told.loop.remove_writer(pair.here.get()), true,
               "there is a writer to remove");
  EXPECT_STORY(told.story, told.iterate(), "W W", "the writer is called after it was removed");
}

TEST(Step4_Descriptors, AFullBufferHoldsTheWriterBack) {  // IO-02
  Told told;
  Pair pair = sockets();
  while (::write(pair.here.get(), "0123456789", 10) > 0) continue;
  told.story.step("the buffer is full; add_writer(W)");
  told.loop.add_writer(pair.here.get(), told.says("W"));
  EXPECT_STORY(told.story, told.iterate(), "", "there is no room, yet the writer is called");
  char bytes[4096];
  while (::read(pair.there.get(), bytes, sizeof bytes) > 0) continue;
  told.story.step("the other end reads everything");
  EXPECT_STORY(told.story, told.iterate(), "W", "there is room again");
}

TEST(Step4_Descriptors, AReaderLearnsThatTheOtherEndIsGone) {  // IO-01
  Told told;
  Pair pipe = pipe_ends();
  told.story.step("add_reader(R); the other end is closed");
  told.loop.add_reader(pipe.here.get(), told.says("R"));
  pipe.there.reset();
  EXPECT_STORY(told.story, told.iterate(), "R",
               "a hangup is an event, too: reading will tell that it is the end",
               tests::LooksLike{"", "hangup-forgotten"});
}

TEST(Step4_Descriptors, AWriterLearnsThatTheOtherEndIsGone) {  // IO-02
  Told told;
  Pair pipe = pipe_ends();
  while (::write(pipe.there.get(), "0123456789", 10) > 0) continue;
  told.story.step("the pipe is full; add_writer(W); the reading end is closed");
  told.loop.add_writer(pipe.there.get(), told.says("W"));
  pipe.here.reset();
  EXPECT_STORY(told.story, told.iterate(), "W", "an error is an event, too: writing will tell");
}

TEST(Step4_Descriptors, DataAndHangupAreOneCall) {  // IO-01
  Told told;
  Pair pair = sockets();
  told.story.step("add_reader(R); a byte arrives, and the other end is closed");
  told.loop.add_reader(pair.here.get(), told.says("R"));
  put(pair.there);
  pair.there.reset();
  EXPECT_STORY(told.story, told.iterate(), "R", "one iteration calls a reader once");
}

TEST(Step4_Descriptors, RegisteringAgainReplaces) {  // IO-03
  Told told;
  Pair pipe = pipe_ends();
  auto captured = std::make_shared<int>();
  put(pipe.there);
  told.story.step("add_reader(old), add_reader(new), for the same descriptor");
  told.loop.add_reader(pipe.here.get(), [&told, captured] { told.story.ran("old"); });
  told.loop.add_reader(pipe.here.get(), told.says("new"));
  EXPECT_STORY(told.story, told.iterate(), "new", "the second reader must replace the first",
               Seen{"old", "first-reader-stays"});
  EXPECT_STORY(told.story, captured.use_count(), 1, "the replaced callback is kept");
}

TEST(Step4_Descriptors, DirectionsAreIndependent) {  // IO-03 IO-04
  Told told;
  Pair pair = sockets();
  const int fd = pair.here.get();
  put(pair.there);
  told.story.step("add_reader(R), add_writer(W), for the same descriptor");
  told.loop.add_reader(fd, told.says("R"));
  told.loop.add_writer(fd, told.says("W"));
  EXPECT_STORY(told.story, told.iterate(), "R W",
               "the poller is told what both directions want together, each time one joins",
               Seen{"W", "other-direction-dropped"}, Seen{"R", "second-direction-unheard"});
  told.story.step("add_writer(V)");
  told.loop.add_writer(fd, told.says("V"));
  EXPECT_STORY(told.story, told.iterate(), "R W R V", "only the writer was replaced");
  told.story.step("remove_reader()");
  EXPECT_STORY(told.story, told.loop.remove_reader(fd), true, "there is a reader to remove");
  EXPECT_STORY(told.story, told.iterate(), "R W R V V",
               "remove_reader() must not disturb the writer",
               Seen{"R W R V", "removes-both-directions"});
  EXPECT_STORY(told.story, told.loop.remove_writer(fd), true,
               "the writer is there although the reader was removed");
  EXPECT_STORY(told.story, told.iterate(), "R W R V V", "nothing is watched any more");
}

TEST(Step4_Descriptors, WhatWasRemovedNoLongerWakesTheLoop) {
  constexpr int many = 1'000;  // iterations that sleep for nothing; a right loop needs one or two
  tests::Story story;
  EventLoop loop;  // on real time: only there does a loop sleep in the kernel
  Pair pair = sockets();
  story.step("add_reader(R), add_writer(W), for the same descriptor, which has room all the time");
  loop.add_reader(pair.here.get(), [&] { story.ran("R"); });
  loop.add_writer(pair.here.get(), [&] { story.ran("W"); });
  story.step("remove_writer()");
  EXPECT_STORY(story, loop.remove_writer(pair.here.get()), true, "there is a writer to remove");
  bool over = false;
  loop.call_later(50ms, [&] { over = true; });
  story.step("iterations, until 50 ms are over");
  int iterations = 0;
  for (; !over && iterations < many; ++iterations) loop.run_once();
  const std::string loop_meanwhile = iterations < many ? "sleeps" : "spins";
  EXPECT_STORY(story, loop_meanwhile, "sleeps",
               "unwatch() takes the callback away, but must also tell the poller which direction "
               "is left: the removed one is ready, and wakes the loop again and again for nobody",
               Seen{std::string("spins"), "the-removed-direction-wakes-the-loop"});
  EXPECT_STORY(story, story.order(), "", "the writer was removed, and nothing came to read");
}

TEST(Step4_Descriptors, RemovalTellsWhetherThereWasOne) {  // IO-04
  Told told;
  Pair pipe = pipe_ends();
  const int fd = pipe.here.get();
  EXPECT_STORY(told.story, told.loop.remove_reader(fd), false, "nobody has added a reader");
  told.loop.add_reader(fd, [] {});
  EXPECT_STORY(told.story, told.loop.remove_writer(fd), false,
               "there is a reader only, and no writer");
  EXPECT_STORY(told.story, told.loop.remove_reader(fd), true, "there is a reader to remove");
  EXPECT_STORY(told.story, told.loop.remove_reader(fd), false,
               "the reader has been removed already");
  EXPECT_STORY(told.story, told.loop.remove_reader(-1), false,
               "no descriptor has the number -1, so nobody watches it");
  told.loop.close();
  EXPECT_STORY(told.story, told.loop.remove_reader(fd), false, "a closed loop watches nothing");
}

TEST(Step4_Descriptors, NothingIsDeliveredAfterRemoval) {  // IO-05
  Told told;
  Pair first = pipe_ends(), second = pipe_ends();
  put(first.there), put(second.there);
  told.story.step("add_reader(A), add_reader(B); each removes the other; both have something");
  told.loop.add_reader(first.here.get(), [&] {
    told.story.ran("one");
    told.loop.remove_reader(second.here.get());
  });
  told.loop.add_reader(second.here.get(), [&] {
    told.story.ran("one");
    told.loop.remove_reader(first.here.get());
  });
  EXPECT_STORY(told.story, told.iterate(), "one",
               "the event was reported before the removal; it must not be delivered after it",
               Seen{"one one", "event-after-remove"});
}

TEST(Step4_Descriptors, NothingIsDeliveredToTheReplaced) {  // IO-03 IO-05
  Told told;
  Pair first = pipe_ends(), second = pipe_ends();
  put(first.there), put(second.there);
  const auto replace = [&](const Pair& self, const Pair& other) {
    told.story.ran("old");
    told.loop.remove_reader(self.here.get());
    told.loop.add_reader(other.here.get(), told.says("new"));
  };
  told.story.step("two readers have something; the first that runs replaces the other, and leaves");
  told.loop.add_reader(first.here.get(), [&] { replace(first, second); });
  told.loop.add_reader(second.here.get(), [&] { replace(second, first); });
  EXPECT_STORY(told.story, told.iterate(), "old",
               "the event was reported before the replacement; it belongs to nobody now",
               tests::LooksLike{"old old", "event-after-remove"},
               tests::LooksLike{"old new", "runs-inside-the-poll"});
  EXPECT_STORY(told.story, told.iterate(), "old new", "the new reader has its turn one later");
}

TEST(Step4_Descriptors, AReaderMayRemoveItself) {
  Told told;
  Pair pipe = pipe_ends();
  put(pipe.there);
  told.story.step("add_reader(R), which will remove itself");
  told.loop.add_reader(pipe.here.get(), [&, held = std::make_unique<std::string>("held")] {
    told.story.ran("R");
    told.loop.remove_reader(pipe.here.get());
    EXPECT_EQ(*held, "held") << "Likely cause: the callback was destroyed while it ran";
  });
  told.iterate();
  EXPECT_STORY(told.story, told.iterate(), "R", "it was called after it had removed itself");
}

TEST(Step4_Descriptors, ANumberMayBeUsedAgainAtOnce) {  // IO-06
  Told told;
  Pair first = pipe_ends(), second = pipe_ends(), fresh = pipe_ends();
  put(first.there), put(second.there);
  const auto close_and_reuse = [&](Pair& other) {
    if (!told.story.order().empty()) return told.story.ran("stale");
    told.story.ran("A");
    told.loop.remove_reader(other.here.get());
    ASSERT_EQ(::dup2(fresh.here.get(), other.here.get()), other.here.get());  // closes it, too
    told.loop.add_reader(other.here.get(), told.says("fresh"));
  };
  told.story.step("two readers have something; the first that runs closes the other's descriptor");
  told.story.step("its number is used again, for a pipe in which there is nothing");
  told.loop.add_reader(first.here.get(), [&] { close_and_reuse(second); });
  told.loop.add_reader(second.here.get(), [&] { close_and_reuse(first); });
  EXPECT_STORY(told.story, told.iterate(), "A",
               "the event belongs to the descriptor that was closed, not to its number",
               Seen{"A stale", "event-after-remove"});
}

TEST(Step4_Descriptors, ReadyThenDescriptorsThenTimers) {  // LOOP-03
  Told told;
  Pair pipe = pipe_ends();
  put(pipe.there);
  told.later(10ms, "timer");
  told.story.step("add_reader(descriptor); there is something to read; 10 ms pass");
  told.loop.add_reader(pipe.here.get(), told.says("descriptor"));
  told.clock.advance(10ms);
  told.soon("ready");
  EXPECT_STORY(told.story, told.run_once(), "ready descriptor timer",
               "an iteration polls, then looks at the timers, and queues what it finds in order",
               Seen{"ready timer descriptor", "timers-before-the-poll"},
               Seen{"descriptor ready timer", "runs-inside-the-poll"},
               LooksLike{"timer ready descriptor", "timers-jump-the-queue"});
}

TEST(Step4_Descriptors, AChainOfCallbacksDoesNotStarveADescriptor) {  // LOOP-02
  Told told;
  Pair pipe = pipe_ends();
  told.loop.add_reader(pipe.here.get(), [&] {
    told.story.ran("R");
    take(pipe.here);
  });
  int links = 0;
  std::function<void()> link = [&] {
    told.story.ran(std::to_string(++links));
    if (links == 1) put(pipe.there);
    if (links < 5) told.loop.call_soon(link);
  };
  told.story.step(
      "add_reader(R); call_soon(1), which writes a byte for R and schedules 2, and so on");
  told.loop.call_soon(link);
  told.iterate();
  told.iterate();
  EXPECT_STORY(told.story, told.iterate(), "1 2 R 3",
               "a loop that is busy must look at its descriptors all the same",
               tests::LooksLike{"1 2 3 4 5 R", "drain-until-empty"},
               Seen{"1 2 3", "polls-only-when-idle"});
}

TEST(Step4_Descriptors, AnIdleDescriptorDoesNotHoldUpTheClock) {
  Told told;
  Pair pipe = pipe_ends();
  told.story.step("add_reader(R), for which nothing comes");
  told.loop.add_reader(pipe.here.get(), told.says("R"));
  told.later(1h, "T");
  EXPECT_STORY(told.story, told.run_once(), "T", "virtual time jumps when nothing is ready");
  EXPECT_STORY(told.story, told.clock.now(), at(1h), "the loop did not sleep until T's deadline");
}

TEST(Step4_Descriptors, ABadDescriptorIsRefused) {
  Told told;
  Pair pipe = pipe_ends();
  const int closed = pipe.here.get();
  pipe.here.reset();
  const UniqueFd file(::open("/proc/self/exe", O_RDONLY | O_CLOEXEC));
  for (const int fd : {-1, closed, file.get()}) {
    told.story.step("add_reader(" + std::to_string(fd) + "), which the kernel refuses");
    EXPECT_THROW(told.loop.add_reader(fd, [] {}), std::system_error)
        << "Likely cause: poller_.watch() is not called, or what it throws is caught";
    EXPECT_STORY(told.story, told.loop.remove_reader(fd), false,
                 "a refused descriptor leaves something behind");
  }
  EXPECT_THROW(told.run_once(), aio::DeadlockError)
      << "Likely cause: something is watched that was refused";
}

TEST(Step4_Descriptors, AnEmptyCallbackIsRefused) {
  Told told;
  Pair pipe = pipe_ends();
  put(pipe.there);
  told.story.step("add_reader() of an empty callback; there is something to read");
  EXPECT_STORY(told.story, refusal([&] { told.loop.add_reader(pipe.here.get(), {}); }),
               "the event loop was given an empty callback",
               "the Watcher refuses an empty callback: watch() makes one");
  EXPECT_STORY(told.story, refusal([&] { told.run_once(); }).starts_with("deadlock"), true,
               "the Watcher refuses, and the descriptor is watched all the same: make it before "
               "anything is changed",
               Seen{false, "empty-callback-is-watched"});
}

TEST(Step4_Descriptors, WhenBothAreGoneNothingIsWatched) {
  Told told;
  Pair pair = sockets();
  told.story.step("add_reader(R), add_writer(W); both are removed; the other end is closed");
  told.loop.add_reader(pair.here.get(), told.says("R"));
  told.loop.add_writer(pair.here.get(), told.says("W"));
  told.loop.remove_reader(pair.here.get());
  told.loop.remove_writer(pair.here.get());
  pair.there.reset();
  EXPECT_STORY(told.story, refusal([&] { told.run_once(); }).starts_with("deadlock"), true,
               "the poller still watches the descriptor: a hangup is reported even to who is "
               "interested in nothing, so forget it",
               Seen{false, "watches-for-nobody"});
}

// A number that is refused again has to find things as they were. An entry that was left behind is
// seen by the memory that the second attempt does not need.
TEST(Step4_Descriptors, ARefusedDescriptorLeavesNoEntry) {
  if (!tests::AllocationCount::works()) GTEST_SKIP();
  Told told;
  const auto allocations_of = [&](int fd) {
    const tests::AllocationCount allocations;
    EXPECT_THROW(told.loop.add_reader(fd, [] {}), std::system_error)
        << "Likely cause: what poller_.watch() throws is caught";
    return allocations.made();
  };
  allocations_of(-1);  // warms up
  told.story.step("add_reader(-2), which the kernel refuses");
  const auto first = allocations_of(-2);
  told.story.step("once more: as many allocations as before?");
  EXPECT_STORY(told.story, allocations_of(-2), first,
               "descriptors_[fd] makes an entry; when poller_.watch() throws it must go, or each "
               "number that is refused leaves one behind",
               Seen{first - 1, "leaves-an-empty-entry"});
}

TEST(Step4_Descriptors, AClosedLoopRefuses) {  // LOOP-27
  Told told;
  Pair pipe = pipe_ends();
  told.loop.close();
  told.story.step("close(), add_reader(R)");
  const auto refused = [&](auto add) { return refusal(add) != "nothing was thrown"; };
  EXPECT_STORY(told.story, refused([&] { told.loop.add_reader(pipe.here.get(), [] {}); }), true,
               "a closed loop takes no reader: it would never be called");
  told.story.step("add_writer(W)");
  EXPECT_STORY(told.story, refused([&] { told.loop.add_writer(pipe.there.get(), [] {}); }), true,
               "a closed loop takes no writer: it would never be called");
}

// ── 4.5 ────────────────────────────────────────────────────────────────────────────────────────

/// A chain that calls stop() in its third link, and ends in its fifth.
struct Chain {
  Told& told;
  int links = 0;
  void operator()() {
    told.story.ran(std::to_string(++links));
    if (links == 3) {
      told.story.step("stop()");
      told.loop.stop();
    }
    if (links < 5) told.loop.call_soon([this] { (*this)(); });
  }
};

TEST(Step5_RunForever, IteratesUntilStop) {
  Told told;
  Chain chain{told};
  told.story.step("call_soon(1), which schedules 2, and so on; 3 calls stop()");
  told.loop.call_soon([&] { chain(); });
  EXPECT_STORY(told.story, told.run_forever(), "1 2 3",
               "run_forever() goes from iteration to iteration until stop()",
               tests::LooksLike{"1 2 3 4 5", "drains-before-it-stops"}, Seen{"1", "stop-sticks"});
}

TEST(Step5_RunForever, StopLetsTheIterationFinish) {  // LOOP-17
  Told told;
  told.story.step("call_soon(A), which will stop(), then call_soon(C)");
  told.loop.call_soon([&] {
    told.story.ran("A");
    told.loop.stop();
    told.soon("C");
  });
  told.soon("B");
  EXPECT_STORY(told.story, told.run_forever(), "A B",
               "what was ready when the iteration began runs; what came later waits",
               tests::LooksLike{"A", "stop-ends-the-batch"},
               tests::LooksLike{"A B C", "drains-before-it-stops"});
}

TEST(Step5_RunForever, StopLosesNothing) {  // LOOP-17
  Told told;
  told.story.step("call_soon(A), which will stop(), call_soon(B), call_later(10 ms, C)");
  told.loop.call_soon([&] {
    told.story.ran("A");
    told.loop.stop();
    told.soon("B");
    told.later(10ms, "C");
  });
  told.run_forever();
  told.loop.call_later(20ms, [&] { told.loop.stop(); });
  EXPECT_STORY(told.story, told.run_forever(), "A B C",
               "what was scheduled stays where it is until the next run, which goes on until "
               "stop() is called again",
               Seen{"A C", "stop-loses-callbacks"}, tests::LooksLike{"A B", "stop-sticks"});
}

TEST(Step5_RunForever, AStopBeforehandAllowsOneIteration) {  // LOOP-18
  Told told;
  Chain chain{told};
  told.story.step("call_soon(1), which schedules 2, and so on; 3 calls stop()");
  told.loop.call_soon([&] { chain(); });
  told.story.step("stop(), before the loop runs");
  told.loop.stop();
  EXPECT_STORY(told.story, told.run_forever(), "1",
               "after an earlier stop(), run_forever() makes exactly one iteration",
               tests::LooksLike{"", "checks-stop-first"}, Seen{"1 2 3", "earlier-stop-forgotten"});
}

TEST(Step5_RunForever, AStopBeforehandDoesNotSleep) {  // LOOP-18
  Told told;
  told.later(1h, "T");
  told.loop.stop();
  EXPECT_STORY(told.story, told.run_forever(), "", "a loop that is to stop must not sleep",
               Seen{"T", "earlier-stop-forgotten"});
  EXPECT_STORY(told.story, told.clock.now(), at(0s), "a loop that is to stop must not sleep");
}

TEST(Step5_RunForever, AStopIsUsedUp) {  // LOOP-18
  Told told;
  told.story.step("stop(), run_forever()");
  told.loop.call_soon([] {});
  told.loop.stop();
  told.loop.run_forever();
  Chain chain{told};
  told.story.step("call_soon(1), which schedules 2, and so on; 3 calls stop()");
  told.loop.call_soon([&] { chain(); });
  EXPECT_STORY(told.story, told.run_forever(), "1 2 3", "the stop() of an earlier run still counts",
               Seen{"1", "stop-sticks"});
}

TEST(Step5_RunForever, KnowsThatItRuns) {  // LOOP-25
  Told told;
  EXPECT_STORY(told.story, told.loop.is_running(), false, "nobody runs the loop yet");
  EXPECT_THROW(aio::running_loop(), std::logic_error)
      << "Likely cause: a loop counts as running although nobody runs it";
  told.loop.call_soon([&] {
    told.story.step("a callback asks is_running()");
    EXPECT_STORY(told.story, told.loop.is_running(), true,
                 "run_forever() makes no Running; nobody can tell that the loop runs",
                 tests::LooksLike{false, "forgets-that-it-runs"});
    if (!told.loop.is_running()) return;  // then running_loop() throws
    told.story.step("a callback asks for the running_loop()");
    EXPECT_EQ(&aio::running_loop(), &told.loop) << "Likely cause: it names another loop";
  });
  told.loop.stop();
  told.loop.run_forever();
  EXPECT_STORY(told.story, told.loop.is_running(), false,
               "Running marks the loop for as long as it lives; it lives longer than the run");
  EXPECT_THROW(aio::running_loop(), std::logic_error)
      << "Likely cause: Running marks the loop for as long as it lives; it lives longer than the "
         "run";
}

TEST(Step5_RunForever, ALoopDoesNotRunInsideItself) {  // LOOP-24
  Told told;
  std::string inner = "not tried";
  told.story.step("a callback calls run_forever() of its own loop");
  told.loop.call_soon([&] {
    inner = refusal([&] { told.loop.run_forever(); });
    if (inner == "nothing was thrown") throw Interrupt();  // the outer batch is spoilt
  });
  told.soon("B");
  told.loop.stop();
  std::string outer = "ends by its stop()";
  try {
    told.run_forever();
  } catch (const aio::FatalError&) {
    if (inner == "not tried") throw;
  } catch (const aio::DeadlockError&) {
    outer = "goes on after its stop()";
  }
  EXPECT_STORY(told.story, inner, "run: this event loop is running already",
               "run_forever() makes no Running, which refuses this",
               Seen{std::string("nothing was thrown"), "forgets-that-it-runs"});
  EXPECT_STORY(
      told.story, outer, "ends by its stop()",
      "the run that was refused has used up the stop() of the run around it: make Running "
      "first, which throws, and then what clears the flag",
      tests::LooksLike{std::string("goes on after its stop()"), "a-refused-run-uses-up-the-stop"});
  EXPECT_STORY(told.story, told.story.order(), "B", "the outer loop goes on");
}

TEST(Step5_RunForever, ASecondLoopInAThreadIsRefused) {  // LOOP-24
  Told told;
  EventLoop second;
  std::string inner = "not tried";
  told.story.step("a callback runs another loop");
  told.loop.call_soon([&] {
    second.call_soon([] {});
    second.stop();
    inner = refusal([&] { second.run_forever(); });
    EXPECT_STORY(told.story, &aio::running_loop() == &told.loop, true,
                 "the second loop has taken the place of the first");
  });
  told.loop.stop();
  told.run_forever();
  EXPECT_STORY(told.story, inner, "run: another event loop is running in this thread",
               "run_forever() makes no Running, which refuses this",
               Seen{"nothing was thrown", "forgets-that-it-runs"});
  second.stop();
  second.run_forever();
}

// Until step 4.6 is written, each exception leaves; afterwards this one does.
TEST(Step5_RunForever, AnExceptionUsesUpAStop) {  // LOOP-29
  Told told;
  told.story.step("a callback calls stop(), the next one throws a FatalError");
  told.loop.call_soon([&] { told.loop.stop(); });
  told.loop.call_soon([] { throw Interrupt(); });
  try {
    told.loop.run_forever();
  } catch (const aio::FatalError&) {
    told.story.step("an exception has left run_forever()");
  }
  Chain chain{told};
  told.story.step("call_soon(1), which schedules 2, and so on; 3 calls stop()");
  told.loop.call_soon([&] { chain(); });
  EXPECT_STORY(told.story, told.run_forever(), "1 2 3",
               "the stop() of the run before still counts: stopping_ is cleared behind the loop, "
               "which an exception skips; a destructor is not skipped",
               LooksLike{"1", "stop-survives-an-exception"});
}

TEST(Step5_RunForever, ADeadlockEndsTheRunOnly) {
  Told told;
  told.soon("A");
  EXPECT_THROW(told.loop.run_forever(), aio::DeadlockError)
      << "Likely cause: run_forever() has caught what iterate() throws; only what leaves a "
         "callback "
         "is for the loop";
  EXPECT_STORY(told.story, told.loop.is_running(), false,
               "the loop counts as running although the exception has left run_forever()");
  told.soon("B");
  told.loop.stop();
  EXPECT_STORY(told.story, told.run_forever(), "A B", "the loop can run again");
}

TEST(Step5_RunForever, AClosedLoopRefuses) {  // LOOP-27
  Told told;
  told.loop.close();
  told.story.step("close(), run_forever()");
  EXPECT_STORY(told.story, refusal([&] { told.loop.run_forever(); }),
               "run: the event loop is closed",
               "run_forever() makes no Running, which refuses this");
  told.story.step("run_once(), which is given");
  EXPECT_STORY(told.story, refusal([&] { told.loop.run_once(); }), "run: the event loop is closed",
               "run_once() is given, and has been changed");
}

// ── 4.6 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step6_Exceptions, TheOthersStillRun) {  // EXC-01
  Told told;
  told.report_exceptions();
  told.story.step("call_soon(A), which throws");
  told.loop.call_soon([] { throw std::runtime_error("boom"); });
  told.soon("B");
  std::string left = "nothing";
  try {
    told.run_once();
  } catch (const std::exception& error) {
    left = error.what();
    told.story.step("run_once() throws " + left);
  }
  EXPECT_STORY(told.story, left, "nothing", "an exception of a callback must not leave the loop",
               Seen{"boom", "exception-kills-the-loop"});
  EXPECT_STORY(told.story, told.story.order(), "reported(boom) B",
               "the exception is reported, and the next callback runs",
               Seen{"B", "silent-exception"});
}

TEST(Step6_Exceptions, TheReportSaysWhatHappened) {  // EXC-01
  Told told;
  std::vector<aio::ExceptionContext> reports;
  told.story.step("call_soon(A), which throws \"boom\"");
  told.loop.set_exception_handler([&](const auto& context) { reports.push_back(context); });
  told.loop.call_soon([] { throw std::runtime_error("boom"); });
  told.run_once();
  ASSERT_STORY(told.story, reports.size(), 1U, "one exception is one report");
  EXPECT_STORY(
      told.story, aio::message_of(reports[0].exception), "boom",
      "the report does not hold the exception that was thrown; see std::current_exception()");
  EXPECT_STORY(told.story, reports[0].message.empty(), false,
               "a report says in words what happened");
  EXPECT_STORY(told.story, reports[0].source.empty(), false, "a report says whose exception it is");
}

TEST(Step6_Exceptions, AnythingThatIsThrownIsReported) {  // EXC-01
  Told told;
  told.report_exceptions();
  told.story.step("call_soon(A), which throws 42; call_soon(B), which throws CancelledError");
  told.loop.call_soon([] { throw 42; });
  told.loop.call_soon([] { throw aio::CancelledError(); });
  EXPECT_STORY(told.story, told.run_once(),
               "reported(an exception that is no std::exception) reported(CancelledError)",
               "each exception is reported, whatever its type, and to the same handler",
               tests::LooksLike{"reported(an exception that is no std::exception)",
                                "a-handler-for-one-report"});
}

TEST(Step6_Exceptions, TimersAndReadersGoOn) {  // EXC-01
  Told told;
  told.report_exceptions();
  Pair pipe = pipe_ends();
  put(pipe.there);
  told.story.step("add_reader(R), which throws; call_later(0, T), which throws");
  told.loop.add_reader(pipe.here.get(), [] { throw std::runtime_error("reader"); });
  told.loop.call_later(0ms, [] { throw std::runtime_error("timer"); });
  told.iterate();
  EXPECT_STORY(told.story, told.iterate(), "reported(reader) reported(timer) reported(reader)",
               "a reader that throws is still registered");
}

TEST(Step6_Exceptions, WithoutAHandlerStderrTells) {  // EXC-02
  Told told;
  told.report_exceptions();
  told.story.step("set_exception_handler(…), set_exception_handler({})");
  told.loop.set_exception_handler({});
  told.story.step("call_soon(A), which throws");
  told.loop.call_soon([] { throw std::runtime_error("boom"); });
  Stderr stderr_text;
  const tests::Suspicion crash("handler_ is null while there is no handler");
  told.run_once();
  const std::string printed = stderr_text.take();
  EXPECT_STORY(told.story, printed.contains("boom"), true,
               "without a handler, call_exception_handler() reports to stderr");
  EXPECT_STORY(told.story, told.story.order(), "",
               "the handler that was taken back is still called");
}

TEST(Step6_Exceptions, TheHandlerMayReplaceItself) {  // EXC-02
  Told told;
  auto held = std::make_shared<int>();
  std::string handler = "was not called";
  told.story.step("call_soon(A), which throws; the exception handler takes itself back");
  told.loop.set_exception_handler(
      [&loop = told.loop, &handler, held, watched = std::weak_ptr(held)](const auto&) {
        std::string& fate = handler;  // nothing of the lambda is touched once it may be gone
        const std::weak_ptr<int> kept = watched;
        loop.set_exception_handler({});
        fate = kept.expired() ? "was destroyed while it ran" : "lived while it ran";
      });
  held.reset();
  told.loop.call_soon([] { throw std::runtime_error("boom"); });
  told.run_once();
  EXPECT_STORY(told.story, handler, "lived while it ran",
               "while the handler runs, a copy of handler_ keeps it, whatever becomes of handler_",
               Seen{"was destroyed while it ran", "a-handler-gone-while-it-runs"});
  EXPECT_STORY(told.story, told.loop.has_exception_handler(), false,
               "the handler has been taken back");
}

TEST(Step6_Exceptions, AHandlerThatThrowsIsReportedItself) {  // EXC-03
  Told told;
  told.story.step("the exception handler throws");
  told.loop.set_exception_handler([&](const auto&) { throw std::runtime_error("handler"); });
  told.story.step("call_soon(A), which throws");
  told.loop.call_soon([] { throw std::runtime_error("boom"); });
  told.soon("B");
  Stderr stderr_text;
  const std::string left = refusal([&] { told.loop.run_once(); });
  const std::string printed = stderr_text.take();
  EXPECT_STORY(told.story, left, "nothing was thrown",
               "an exception of the handler must not leave the loop",
               Seen{"handler", "broken-handler-kills-the-loop"});
  EXPECT_STORY(told.story, told.story.order(), "B", "the next callback runs");
  EXPECT_STORY(told.story, printed.contains("boom") && printed.contains("handler"), true,
               "what is written to stderr names both exceptions; see report_failed_handler()");
}

TEST(Step6_Exceptions, AFatalErrorLeavesTheLoop) {  // LOOP-29
  Told told;
  told.report_exceptions();
  told.story.step("call_soon(A), which throws a FatalError");
  told.loop.call_soon([] { throw Interrupt(); });
  bool left = false;
  try {
    told.run_once();
  } catch (const Interrupt&) {
    left = true;
  }
  EXPECT_STORY(told.story, left, true, "a FatalError is for whoever runs the loop",
               Seen{false, "fatal-error-swallowed"});
  EXPECT_STORY(told.story, told.story.order(), "", "a FatalError is not reported");
  EXPECT_STORY(told.story, told.loop.is_closed(), false, "a FatalError leaves the loop as it is");
  EXPECT_STORY(told.story, told.loop.is_running(), false,
               "the loop counts as running although the FatalError has left it");
}

TEST(Step6_Exceptions, AFatalErrorLosesNothing) {  // LOOP-29
  Told told;
  Pair pipe = pipe_ends();
  put(pipe.there);
  told.story.step("call_soon(A), which throws a FatalError; call_soon(B); add_reader(R)");
  told.loop.call_soon([] { throw Interrupt(); });
  told.loop.call_soon(told.says("B"));
  told.loop.add_reader(pipe.here.get(), told.says("R"));
  EXPECT_THROW(told.run_once(), Interrupt)
      << "Likely cause: a FatalError is for whoever runs the loop";
  told.story.step("the FatalError has left run_once()");
  EXPECT_STORY(told.story, told.iterate(), "B R",
               "what was still to run must run in the next iteration, once",
               Seen{"R", "fatal-error-loses-the-batch"});
}

TEST(Step6_Exceptions, AFatalErrorOfTheHandlerLeavesTheLoop) {  // EXC-04
  Told told;
  told.story.step("the exception handler throws a FatalError");
  told.loop.set_exception_handler([](const auto&) { throw Interrupt(); });
  told.story.step("call_soon(A), which throws");
  told.loop.call_soon([] { throw std::runtime_error("boom"); });
  bool left = false;
  try {
    const Stderr unused;
    told.run_once();
  } catch (const Interrupt&) {
    left = true;
  }
  EXPECT_STORY(told.story, left, true, "the handler may decide that an error is fatal",
               tests::LooksLike{false, "fatal-handler-swallowed"});
}

TEST(Step6_Exceptions, AFatalErrorUsesUpAStop) {  // LOOP-29
  Told told;
  told.story.step("a callback calls stop(), the next one throws a FatalError");
  told.loop.call_soon([&] { told.loop.stop(); });
  told.loop.call_soon([] { throw Interrupt(); });
  EXPECT_THROW(told.loop.run_forever(), Interrupt)
      << "Likely cause: a FatalError is for whoever runs the loop";
  Chain chain{told};
  told.story.step("call_soon(1), which schedules 2, and so on; 3 calls stop()");
  told.loop.call_soon([&] { chain(); });
  EXPECT_STORY(told.story, told.run_forever(), "1 2 3", "the stop() of the run before still counts",
               LooksLike{"1", "stop-survives-an-exception"});
}

// ── what the given parts promise ────────────────────────────────────────────────────────────────

TEST(EventLoop_Close, IsIdempotent) {  // LOOP-26
  EventLoop loop;
  EXPECT_FALSE(loop.is_closed());
  loop.close();
  loop.close();
  EXPECT_TRUE(loop.is_closed());
}

TEST(EventLoop_Close, IsRefusedWhileItRuns) {  // LOOP-26
  Told told;
  told.loop.call_soon([&] {
    EXPECT_EQ(refusal([&] { told.loop.close(); }),
              "close: the event loop is running; stop() it first");
  });
  told.soon("B");
  EXPECT_EQ(told.run_once(), "B");
  EXPECT_FALSE(told.loop.is_closed());
}

TEST(EventLoop_Close, DropsWhatWaits) {  // LOOP-28
  Told told;
  Pair pipe = pipe_ends();
  put(pipe.there);
  auto captured = std::make_shared<int>();
  const auto callback = [captured] { ADD_FAILURE() << "a callback of a closed loop ran"; };
  told.loop.call_soon(callback);
  told.loop.call_later(0ms, callback);
  told.loop.call_later(1h, callback);
  told.loop.add_reader(pipe.here.get(), callback);
  told.loop.close();
  EXPECT_EQ(captured.use_count(), 2) << "Something keeps its callback.";  // here and in `callback`
}

TEST(EventLoop_Close, DestructorsMayCancelTheOthers) {  // LOOP-28
  std::vector<Handle> soon;
  std::vector<TimerHandle> later;
  Told told;
  struct Canceller {
    std::vector<Handle>& soon;
    std::vector<TimerHandle>& later;
    ~Canceller() {
      for (Handle& handle : soon) handle.cancel();
      for (TimerHandle& handle : later) handle.cancel();
    }
  };
  for (int i = 0; i < 3; ++i) {
    soon.push_back(told.loop.call_soon([held = std::make_unique<Canceller>(soon, later)] {}));
    later.push_back(told.loop.call_later(1s, [held = std::make_unique<Canceller>(soon, later)] {}));
  }
  told.loop.close();
  EXPECT_FALSE(told.loop.has_ready());
}

TEST(EventLoop_Close, AClosedLoopTakesNoTimer) {  // LOOP-27
  Told told;
  told.loop.close();
  const auto refused = [](const std::string& said) {
    return said.starts_with("call_") && said.ends_with(": the event loop is closed");
  };
  EXPECT_TRUE(refused(refusal([&] { told.loop.call_at(at(1s), [] {}); })));
  EXPECT_TRUE(refused(refusal([&] { told.loop.call_later(1s, [] {}); })));
}

TEST(EventLoop_Close, GivesItsDescriptorBack) {
  const std::size_t before = tests::open_descriptors();
  for (int i = 0; i < 3; ++i) {
    Told told;
    Pair pipe = pipe_ends();
    told.loop.add_reader(pipe.here.get(), [] {});
    told.iterate();
  }
  EXPECT_EQ(tests::open_descriptors(), before);
}

TEST(EventLoop_Misuse, AnEmptyCallbackIsRefused) {
  Told told;
  Pair pipe = pipe_ends();
  EXPECT_THROW(told.loop.call_soon(Callback()), std::invalid_argument);
  EXPECT_THROW(told.loop.call_later(1s, Callback()), std::invalid_argument);
  EXPECT_THROW(told.loop.add_reader(pipe.here.get(), Callback()), std::invalid_argument);
  EXPECT_FALSE(told.loop.has_ready());
  EXPECT_FALSE(told.loop.remove_reader(pipe.here.get()));
}

TEST(EventLoop_Misuse, ADelayMustBeANumber) {
  Told told;
  const std::chrono::duration<double> nan(std::numeric_limits<double>::quiet_NaN());
  EXPECT_THROW(told.loop.call_later(nan, [] {}), std::invalid_argument);
}

TEST(EventLoop_Delay, IsAnyDurationBroughtToNanosecondsWithoutOverflow) {
  using aio::Delay;
  using std::chrono::duration, std::chrono::nanoseconds;
  using Thirds = duration<std::int64_t, std::ratio<1, 3>>;
  constexpr auto most = nanoseconds::max(), least = nanoseconds::min();
  EXPECT_EQ(Delay(3ms).count(), 3'000'000ns);
  EXPECT_EQ(Delay(-2h).count(), -7'200'000'000'000ns);
  EXPECT_EQ(Delay(duration<int, std::pico>(-1500)).count(), -1ns);
  EXPECT_EQ(Delay(duration<unsigned>(4'000'000'000U)).count(), 4'000'000'000s);
  EXPECT_EQ(Delay(Thirds(6)).count(), 2s);
  EXPECT_EQ(Delay(duration<double, std::milli>(0.25)).count(), 250us);
  EXPECT_EQ(Delay(nanoseconds(most)).count(), most);
  EXPECT_EQ(Delay(nanoseconds(least)).count(), least);
  EXPECT_EQ(Delay(std::chrono::hours::max()).count(), most);
  EXPECT_EQ(Delay(std::chrono::hours::min()).count(), least);
  EXPECT_EQ(Delay(std::chrono::seconds(most.count() / 1'000'000'000 + 1)).count(), most);
  EXPECT_EQ(Delay(duration<std::uint64_t, std::nano>(UINT64_MAX)).count(), most);
  EXPECT_EQ(Delay(Thirds::max()).count(), most);
}

TEST(EventLoop_Misuse, AnotherThreadIsRefused) {  // EXC-07
  Told told;
  Pair pipe = pipe_ends();
  std::vector<std::string> said;
  told.loop.call_soon([&] {
    std::thread([&] {
      said.push_back(refusal([&] { told.loop.call_soon([] {}); }));
      said.push_back(refusal([&] { told.loop.call_later(1s, [] {}); }));
      said.push_back(refusal([&] { told.loop.call_at(at(1s), [] {}); }));
      said.push_back(refusal([&] { told.loop.add_reader(pipe.here.get(), [] {}); }));
      said.push_back(refusal([&] { told.loop.run_once(); }));
    }).join();
  });
  told.run_once();
  EXPECT_EQ(said.size(), 5);
  const tests::Spared spared_here;
  for (const std::string& refused : said) {
    EXPECT_THAT(refused, testing::EndsWith(": the event loop runs in another thread; have it "
                                           "called there, by call_soon_threadsafe()"));
  }
}

TEST(EventLoop_Misuse, EachThreadMayRunALoop) {  // LOOP-25
  Told told;
  bool ran = false;
  told.loop.call_soon([&] {
    std::thread([&] {
      EXPECT_THROW(aio::running_loop(), std::logic_error);
      EventLoop other;
      other.call_soon([&] { ran = &aio::running_loop() == &other; });
      other.run_once();
    }).join();
    EXPECT_EQ(&aio::running_loop(), &told.loop);
  });
  told.run_once();
  EXPECT_TRUE(ran);
}

TEST(EventLoop_Debug, CanBeToggledWhileItRuns) {  // EXC-05
  Told told;
  std::string warnings;
  told.loop.set_warning_sink([&](std::string_view text) { warnings += text; });
  EXPECT_FALSE(told.loop.debug());
  told.loop.call_soon([&] { told.loop.set_debug(true); });
  told.loop.call_soon([&] { told.clock.advance(1s); });
  told.run_once();
  EXPECT_TRUE(told.loop.debug());
  EXPECT_TRUE(warnings.contains("1000 ms")) << warnings;
}

TEST(EventLoop_Debug, ReportsASlowCallbackOnce) {  // EXC-06
  Told told;
  std::vector<std::string> warnings;
  told.loop.set_warning_sink([&](std::string_view text) { warnings.emplace_back(text); });
  const auto run_one_that_takes = [&](std::chrono::nanoseconds time) {
    warnings.clear();
    told.loop.call_soon([&told, time] { told.clock.advance(time); });
    told.run_once();
    return warnings.size();
  };
  EXPECT_EQ(run_one_that_takes(1s), 0) << "outside debug mode";
  told.loop.set_debug(true);
  EXPECT_EQ(run_one_that_takes(100ms), 1) << "exactly the limit";
  EXPECT_TRUE(warnings.at(0).contains("callback")) << warnings.at(0);
  EXPECT_EQ(run_one_that_takes(100ms - 1ns), 0);
}

TEST(EventLoop_Debug, ReportsASlowCallbackThatThrows) {  // EXC-06 EXC-01
  Told told;
  told.report_exceptions();
  told.loop.set_warning_sink([&](std::string_view) { told.story.ran("slow"); });
  told.loop.set_debug(true);
  told.loop.call_soon([&] {
    told.clock.advance(1s);
    throw std::runtime_error("boom");
  });
  told.soon("B");
  EXPECT_EQ(told.run_once(), "reported(boom) slow B");
}

TEST(EventLoop_Time, IsReadAnew) {  // LOOP-16
  Told told;
  told.loop.call_soon([&] {
    const auto before = told.loop.time();
    told.clock.advance(5ms);
    EXPECT_EQ(told.loop.time() - before, 5ms);
  });
  told.run_once();
  EventLoop real;
  for (auto last = real.time(), now = last; now == last; now = real.time()) {
    ASSERT_LE(last, now);  // and it does move
  }
}

TEST(EventLoop_RealTime, ATimerIsNeverEarly) {  // LOOP-07
  EventLoop loop;
  bool fired = false;
  const auto started = std::chrono::steady_clock::now();
  loop.call_later(3ms, [&] { fired = true; });
  while (!fired) loop.run_once();
  EXPECT_GE(std::chrono::steady_clock::now() - started, 3ms);
}

TEST(EventLoop_RealTime, SignalsDoNotEndASleep) {
  EventLoop loop;
  bool fired = false;
  const tests::SignalStorm storm;
  const auto started = std::chrono::steady_clock::now();
  loop.call_later(5ms, [&] { fired = true; });
  loop.run_once();
  EXPECT_TRUE(fired);
  EXPECT_GE(std::chrono::steady_clock::now() - started, 5ms);
  EXPECT_GT(storm.signals(), 0);
}

TEST(EventLoop_RealTime, ShortDelaysCostFewIterations) {  // LOOP-15
  EventLoop loop;
  int left = 50, iterations = 0;
  std::function<void()> again = [&] {
    if (--left > 0) loop.call_later(50us, again);
  };
  loop.call_soon(again);
  while (left > 0) {
    loop.run_once();
    ++iterations;
  }
  EXPECT_LE(iterations, 2 * 50) << "The loop spins while it waits.";
}

TEST(EventLoop_RealTime, AnEndlessTimerDoesNotDisturbASleep) {  // LOOP-13
  EventLoop loop;
  Pair pipe = pipe_ends();
  bool read = false;
  loop.call_later(std::chrono::hours::max(), [] { ADD_FAILURE() << "it fired"; });
  loop.add_reader(pipe.here.get(), [&] { read = true; });
  std::jthread writer([&] { put(pipe.there); });
  loop.run_once();
  EXPECT_TRUE(read);
}

TEST(EventLoop_Faults, NoDescriptorLeftForALoop) {
  const std::size_t before = tests::open_descriptors();
  {
    const tests::DescriptorLimit none(0);
    const std::string said = refusal([] { EventLoop loop; });
    EXPECT_TRUE(said.contains("epoll_create1")) << said;
  }
  EXPECT_EQ(tests::open_descriptors(), before);
}

TEST(EventLoop_Faults, ADescriptorClosedBehindTheLoopsBack) {
  Told told;
  Pair pipe = pipe_ends(), fresh = pipe_ends();
  const int fd = pipe.here.get();
  told.loop.add_reader(fd, told.says("stale"));
  pipe.here.reset();  // too early: it is still registered
  told.iterate();
  ASSERT_EQ(::dup2(fresh.here.get(), fd), fd);
  const UniqueFd reused(fd);
  told.loop.add_reader(fd, told.says("fresh"));
  put(fresh.there);
  EXPECT_EQ(told.iterate(), "fresh") << told.story.text();
  EXPECT_TRUE(told.loop.remove_reader(fd));
}

TEST(EventLoop_Cost, ACallbackAllocatesNothing) {
  if (!tests::AllocationCount::works()) GTEST_SKIP();
  Told told;
  const auto run_some = [&] {
    for (int i = 0; i < 100; ++i) told.loop.call_soon([&told] { (void)told; });
    told.loop.run_once();
  };
  run_some();  // warms up the pool
  const tests::AllocationCount allocations;
  run_some();
  EXPECT_EQ(allocations.made(), 0);
}

TEST(EventLoop_Cost, AnIterationPollsOnceOrNotAtAll) {
  if (!tests::PollCount::works()) GTEST_SKIP();
  Told told;
  Pair pipe = pipe_ends();
  const tests::PollCount polls;
  for (int i = 0; i < 10; ++i) told.iterate();
  EXPECT_EQ(polls.made(), 0) << "Nothing is watched: there is nothing to ask the kernel.";
  told.loop.add_reader(pipe.here.get(), [] {});
  for (int i = 0; i < 10; ++i) told.iterate();
  EXPECT_EQ(polls.made(), 10);
}

// ── from other threads ─────────────────────────────────────────────────────────────────────────

TEST(Threads_Posts, WakeALoopThatSleeps) {  // THR-01
  EventLoop loop;
  const std::jthread other([&loop] { loop.call_soon_threadsafe([&loop] { loop.stop(); }); });
  loop.run_forever();
}

TEST(Threads_Posts, AreHeardByABusyLoop) {  // THR-01
  EventLoop loop;
  std::function<void()> busy = [&] { loop.call_soon(busy); };
  loop.call_soon(busy);
  const std::jthread other([&loop] { loop.call_soon_threadsafe([&loop] { loop.stop(); }); });
  loop.run_forever();
}

TEST(Threads_Posts, RunInOrderOnTheLoopsThread) {  // THR-01
  EventLoop loop;
  std::vector<int> order;
  const auto here = std::this_thread::get_id();
  std::jthread([&] {
    for (int i = 0; i < 1000; ++i) {
      loop.call_soon_threadsafe([&order, here, i] {
        EXPECT_EQ(std::this_thread::get_id(), here);
        order.push_back(i);
      });
    }
  }).join();
  loop.run_once();
  ASSERT_EQ(order.size(), 1000U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

/// A node that a thread posts, as to_thread() does when its work is done.
class Letter final : public aio::Posted {
 public:
  Letter(std::vector<int>& order, int number) : order_(order), number_(number) {}
  void run() override { order_.push_back(number_); }

 private:
  std::vector<int>& order_;
  int number_;
};

TEST(Threads_Posts, CallbacksAndNodesKeepTheirCommonOrder) {  // THR-01
  EventLoop loop;
  std::vector<int> order;
  std::deque<Letter> letters;
  std::jthread([&] {
    for (int i = 0; i < 1000; ++i) {
      if (i % 3 == 0) {
        loop.post(letters.emplace_back(order, i));
      } else {
        loop.call_soon_threadsafe([&order, i] { order.push_back(i); });
      }
    }
  }).join();
  loop.run_once();
  ASSERT_EQ(order.size(), 1000U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Threads_Posts, OfTheLoopsOwnThreadQueueUpWithTheOthers) {  // THR-02
  Told told;
  told.loop.call_soon([&told] {
    told.loop.call_soon(told.says("A"));
    told.loop.call_soon_threadsafe(told.says("B"));
    told.loop.call_soon(told.says("C"));
  });
  told.loop.run_once();
  EXPECT_STORY(told.story, told.run_once(), "A B C", "both ways lead into one queue");
}

TEST(Threads_Posts, AreRunOnceEach) {  // THR-03
  constexpr std::size_t threads = 4, each = 2500;
  EventLoop loop;
  std::vector<int> ran(threads * each);
  std::size_t left = ran.size();
  std::vector<std::jthread> others;
  for (std::size_t first = 0; first < ran.size(); first += each) {
    others.emplace_back([&, first] {
      for (std::size_t i = first; i < first + each; ++i) {
        loop.call_soon_threadsafe([&, i] {
          ++ran[i];
          if (--left == 0) loop.stop();
        });
      }
    });
  }
  loop.run_forever();
  EXPECT_EQ(ran, std::vector<int>(threads * each, 1));
}

TEST(Threads_Posts, AreLetGoByALoopThatIsClosed) {  // LOOP-27 LOOP-28
  const auto held = std::make_shared<int>(1);
  EventLoop loop;
  loop.call_soon_threadsafe([held] { ADD_FAILURE() << "it runs, on a closed loop"; });
  loop.close();
  EXPECT_EQ(held.use_count(), 1);
  EXPECT_EQ(refusal([&] { loop.call_soon_threadsafe([] {}); }),
            "call_soon_threadsafe: the event loop is closed");
  EXPECT_THROW(loop.call_soon_threadsafe(nullptr), std::invalid_argument);
}

// ── what must hold in any order ─────────────────────────────────────────────────────────────────

/// Random work on a loop. Every callback knows when it may run, and how often.
class Storm {
 public:
  explicit Storm(unsigned seed) : random_(seed) {}

  void run() {
    for (int i = 0; i < 20; ++i) schedule();
    told_.loop.call_later(10s, [this] { told_.loop.stop(); });
    told_.loop.run_forever();
    for (const auto& job : jobs_) EXPECT_EQ(job->runs, job->cancelled ? 0 : 1);
  }

 private:
  struct Job {
    std::optional<Handle> soon;
    std::optional<TimerHandle> later;
    int runs = 0;
    bool cancelled = false;
  };

  unsigned draw(unsigned below) { return std::uniform_int_distribution(0U, below - 1)(random_); }

  void schedule() {
    if (jobs_.size() >= 500) return;
    Job& job = *jobs_.emplace_back(std::make_unique<Job>());
    if (draw(2) == 0) {
      job.soon = told_.loop.call_soon([this, &job] { work(job); });
    } else {
      job.later =
          told_.loop.call_later(std::chrono::milliseconds(draw(50)), [this, &job] { work(job); });
    }
  }

  void work(Job& job) {
    EXPECT_FALSE(job.cancelled) << "a cancelled callback runs";
    EXPECT_EQ(++job.runs, 1);
    if (job.later) {
      EXPECT_GE(told_.loop.time(), job.later->when()) << "a timer is early";
    }
    told_.clock.advance(std::chrono::milliseconds(draw(3)));
    for (unsigned i = draw(4); i > 0; --i) schedule();
    if (draw(3) == 0) cancel(*jobs_[draw(static_cast<unsigned>(jobs_.size()))]);
  }

  void cancel(Job& job) {
    if (job.runs == 0) job.cancelled = true;
    if (job.soon) job.soon->cancel();
    if (job.later) job.later->cancel();
    EXPECT_EQ(job.soon ? job.soon->cancelled() : job.later->cancelled(), job.cancelled);
  }

  Told told_{};
  std::mt19937 random_;
  std::vector<std::unique_ptr<Job>> jobs_{};
};

TEST(Seeded_EventLoop, EverythingRunsOnceAndNeverEarly) {  // LOOP-01 LOOP-04 LOOP-05 LOOP-07
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("storm " + std::to_string(seed));
    Storm(seed).run();
  }
}

TEST(Seeded_EventLoop, NobodyStarves) {  // LOOP-02
  Told told;
  Pair pipe = pipe_ends();
  put(pipe.there);
  int first = 0, second = 0, reads = 0, ticks = 0;
  std::function<void()> one = [&] { ++first, told.loop.call_soon(one); };
  std::function<void()> two = [&] { ++second, told.loop.call_soon(two); };
  std::function<void()> tick = [&] { ++ticks, told.loop.call_later(0ms, tick); };
  told.loop.call_soon(one);
  told.loop.call_soon(two);
  told.loop.call_soon(tick);
  told.loop.add_reader(pipe.here.get(), [&] { ++reads; });
  for (int i = 0; i < 100; ++i) told.loop.run_once();
  for (const int count : {first, second, reads, ticks}) EXPECT_EQ(count, 100);
}

TEST(Seeded_EventLoop, ARemovedReaderIsNeverCalled) {  // IO-05
  Told told;
  std::vector<Pair> pipes;
  std::vector<bool> watched(8, true);
  int calls = 0;
  for (std::size_t i = 0; i < watched.size(); ++i) {
    pipes.push_back(pipe_ends());
    put(pipes[i].there);
    told.loop.add_reader(pipes[i].here.get(), [&, i] {
      ++calls;
      EXPECT_TRUE(watched[i]) << "a removed reader is called";
      const std::size_t other = (i * 5 + static_cast<std::size_t>(calls)) % watched.size();
      EXPECT_EQ(told.loop.remove_reader(pipes[other].here.get()), watched[other]);
      watched[other] = false;
    });
  }
  for (int i = 0; i < 20; ++i) told.iterate();
  EXPECT_GT(calls, 0);
}

TEST(Seeded_EventLoop, AStopRunsTheWholeBatch) {  // LOOP-17
  Told told;
  int ran = 0;
  for (int i = 0; i < 10; ++i) {
    told.loop.call_soon([&] {
      ++ran;
      told.loop.stop();
      told.loop.call_soon([&] { ran += 100; });
    });
  }
  told.loop.run_forever();
  EXPECT_EQ(ran, 10);
}

}  // namespace
