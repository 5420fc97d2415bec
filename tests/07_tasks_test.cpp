// Lesson 07: tasks. Creating, one step, parking, awaiting futures, sleeping, cancelling, run().

#include <algorithm>
#include <array>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>
#include <utility>
#include <vector>

#include <signal.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/support/todo.hpp>
#include <aio/task.hpp>

#include "support/allocations.hpp"
#include "support/at.hpp"
#include "support/elsewhere.hpp"
#include "support/interrupt.hpp"
#include "support/probe.hpp"
#include "support/refusal.hpp"
#include "support/run_virtual.hpp"
#include "support/sanitized.hpp"
#include "support/spared.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/virtual_loop.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Clock, aio::Coro, aio::create_task_on, aio::EventLoop, aio::Future;
using aio::Task, aio::TaskRef;
using tests::at, tests::Interrupt, tests::Probe, tests::refusal, tests::Seen, tests::thrown_as;

const auto compiled_base = tests::compiled_from(aio::layers::task_base);
const auto compiled_waiter = tests::compiled_from(aio::layers::future_waiter);
const auto compiled_sleep = tests::compiled_from(aio::layers::sleep);
const auto compiled_runner = tests::compiled_from(aio::layers::runner);

// ── what the tests are told with ───────────────────────────────────────────────────────────────

/// A loop on virtual time, and the words in which a test tells what it does with it.
struct Told : tests::VirtualLoop {
  template <class T>
  Task<T> start(std::string name, Coro<T> coro) {
    story.step("create_task(" + name + ")");
    Task<T> task = create_task_on(loop, std::move(coro));
    task.set_name(std::move(name));
    return task;
  }
  void says_soon(std::string name) {
    story.step("call_soon(" + name + ")");
    loop.call_soon([this, name = std::move(name)] { story.ran(name); });
  }
  /// One iteration that never sleeps.
  const std::string& iterate() {
    story.step("an iteration");
    loop.call_soon([] {});
    loop.run_once();
    return story.order();
  }
  /// Iterations until no task is left, or none can go on any more: the story says so then.
  const std::string& finish() {
    story.step("iterations until every task has finished");
    try {
      for (int i = 0; i < 10'000 && !aio::all_tasks(loop).empty(); ++i) loop.run_once();
      if (!aio::all_tasks(loop).empty()) story.step("10,000 iterations later, tasks are left");
    } catch (const aio::DeadlockError&) {
      story.step("nothing is left that could wake a task: whoever waits now waits for ever");
    }
    return story.order();
  }
  /// What run_until_complete() gives, or throws.
  template <class Awaitable>
  std::string until_complete(const std::string& name, Awaitable awaitable) {
    using Result = decltype(loop.run_until_complete(std::move(awaitable)));
    story.step("run_until_complete(" + name + ")");
    try {
      if constexpr (std::is_void_v<Result>) {
        loop.run_until_complete(std::move(awaitable));
        return "done";
      } else {
        return std::to_string(loop.run_until_complete(std::move(awaitable)));
      }
    } catch (const aio::Todo&) {
      throw;
    } catch (...) {
      return aio::message_of(std::current_exception());
    }
  }
  template <class T>
  bool cancel(const Task<T>& task) {
    const bool accepted = task.cancel();
    story.step("cancel(" + std::string(task.name()) + ") returns " + (accepted ? "true" : "false"));
    return accepted;
  }
};

/// How a task or future ended: "cancelled", "pending", "done", or the message of its exception.
template <class Handle>
std::string outcome(const Handle& handle) {
  if (!handle.done()) return "pending";
  if (handle.cancelled()) return "cancelled";
  if (const auto error = handle.exception()) return aio::message_of(error);
  return "done";
}

/// The same, but "refused" for any std::logic_error: its words are free.
template <class Handle>
std::string outcome_or_refused(const Handle& handle) {
  const bool failed = handle.done() && !handle.cancelled() && handle.exception() != nullptr;
  try {
    if (failed) std::rethrow_exception(handle.exception());
  } catch (const std::logic_error&) {
    return "refused";
  } catch (...) {
  }
  return outcome(handle);
}

Coro<> says(Told& told, std::string name) {
  told.story.ran(std::move(name));
  co_return;
}
Coro<> holds(Probe) { co_return; }
Coro<int> returns(int value) { co_return value; }
Coro<> throws(std::string message) {
  throw std::runtime_error(message);
  co_return;
}

// ── 7.1 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step1_CreateTask, RunsNothingInsideTheCall) {  // TASK-01
  Told told;
  told.start("A", says(told, "A"));
  told.story.step("create_task returns");
  EXPECT_STORY(told.story, told.story.order(), "",
               "the coroutine ran inside create_task; its caller was not ready for that",
               Seen{"A", "starts-inline"});
}

TEST(Step1_CreateTask, QueuesTheFirstStep) {  // TASK-01
  Told told;
  EXPECT_STORY(told.story, told.loop.has_ready(), false, "nothing has been queued yet");
  const auto task = told.start("A", says(told, "A"));
  EXPECT_STORY(told.story, told.loop.has_ready(), true, "the task is not in the ready queue");
  EXPECT_STORY(told.story, task.done(), false,
               "a task is done when its coroutine has ended, not before");
}

TEST(Step1_CreateTask, TheLoopKnowsItsTasks) {  // TASK-10
  Told told;
  EXPECT_STORY(told.story, aio::all_tasks(told.loop).empty(), true, "no task has been made yet");
  const auto a = told.start("A", says(told, "A"));
  const auto b = told.start("B", returns(1));
  const std::vector<TaskRef> expected = {a, b};
  EXPECT_STORY(told.story, aio::all_tasks(told.loop) == expected, true,
               "admit() tells the loop about a task; oldest first");
  Told other;
  EXPECT_STORY(told.story, aio::all_tasks(other.loop).empty(), true, "a task belongs to one loop");
}

TEST(Step1_CreateTask, TheLoopKeepsATaskThatNobodyHolds) {  // TASK-14
  Probe::Count count;
  Told told;
  told.start("A", holds(Probe(count)));
  told.story.step("the only handle is gone");
  EXPECT_STORY(told.story, aio::all_tasks(told.loop).size(), 1U,
               "the task went with its handle; the loop needs a reference of its own",
               Seen{std::size_t{0}, "dies-with-its-handle"});
  EXPECT_STORY(told.story, count.alive, 1, "the frame of a task must live until it has finished");
}

TEST(Step1_CreateTask, NamesAreUniqueAndIncreasing) {  // TASK-11
  Told told;
  told.story.step("two tasks are made, one after the other");
  const auto a = create_task_on(told.loop, returns(1)), b = create_task_on(told.loop, returns(2));
  const auto number = [](const Task<int>& task) {
    EXPECT_TRUE(task.name().starts_with("Task-")) << task.name();
    return std::stoi(std::string(task.name().substr(5)));
  };
  EXPECT_STORY(told.story, number(b) - number(a), 1,
               "the number of a task is one more than that of the last one made");
  told.story.step("set_name(fetch) of the second one");
  b.set_name("fetch");
  EXPECT_STORY(told.story, b.name(), "fetch", "set_name() is given; the name is the task's own");
  EXPECT_STORY(told.story, a.name() != "fetch", true, "each task has a name of its own");
}

TEST(Step1_CreateTask, ClosingTheLoopDestroysTheFrameOnce) {  // LOOP-28
  Probe::Count count;
  Told told;
  const auto kept = told.start("A", holds(Probe(count)));
  told.start("B", holds(Probe(count)));
  told.story.step("close()");
  told.loop.close();
  EXPECT_STORY(told.story, count.destroyed, 2, "the loop evicts what was admitted");
  EXPECT_STORY(told.story, count.alive, 0,
               "a frame is destroyed with the task that the loop evicts");
  EXPECT_STORY(told.story, outcome(kept), "cancelled", "a task cannot stay pending for ever");
}

TEST(Step1_CreateTask, TheLoopKeepsOneReference) {
  struct Watched final : aio::detail::WithResult<int, aio::detail::TaskBase> {
    Watched(EventLoop& loop, int& alive)
        : WithResult(loop, returns(7).release().release()), alive_(alive) {
      ++alive_;
    }
    ~Watched() override { --alive_; }
    void finish() override {}
    int& alive_;
  };
  int alive = 0;
  Told told;
  told.story.step("create_task(A); nobody keeps the handle");
  aio::Ref<Watched>(new Watched(told.loop, alive));
  EXPECT_STORY(told.story, alive, 1, "the loop needs a reference of its own");
  told.story.step("close()");
  told.loop.close();
  EXPECT_STORY(told.story, alive, 0,
               "the task outlives everybody: evict() and finish() give one reference back");
}

TEST(Step1_CreateTask, AClosedLoopRefuses) {  // TASK-15 LOOP-27
  Probe::Count count;
  Told told;
  told.loop.close();
  told.story.step("close(), create_task(A)");
  EXPECT_STORY(told.story, refusal([&] { create_task_on(told.loop, holds(Probe(count))); }),
               "create_task: the event loop is closed", "create_task_on() is given, and refuses");
  EXPECT_STORY(told.story, count.alive, 0, "a coroutine that is refused must be released");
  EXPECT_STORY(told.story, count.destroyed, 1, "a coroutine that is refused is released once");
}

TEST(Step1_CreateTask, WithoutARunningLoopItIsRefused) {  // TASK-15 LOOP-25
  Probe::Count count;
  tests::Story story;
  story.step("create_task(A) and all_tasks(), where no loop runs");
  const char* const cause = "both are given, and ask for the loop that runs in this thread";
  EXPECT_STORY(story, thrown_as<std::logic_error>([&] { aio::create_task(holds(Probe(count))); }),
               "thrown", cause);
  EXPECT_STORY(story, count.alive, 0, "a coroutine that is refused must be released");
  EXPECT_STORY(story, thrown_as<std::logic_error>([] { aio::all_tasks(); }), "thrown", cause);
}

TEST(Step1_CreateTask, AnEmptyCoroIsRefused) {
  Told told;
  Coro<int> coro = returns(1);
  const auto task = told.start("A", std::move(coro));
  told.story.step("create_task() of the Coro that was given away");
  EXPECT_STORY(told.story,
               thrown_as<std::logic_error>([&] { create_task_on(told.loop, std::move(coro)); }),
               "thrown", "create_task_on() is given, and refuses what has no frame");
  EXPECT_STORY(told.story, aio::all_tasks(told.loop).size(), 1U,
               "a Coro that is empty makes no task");
}

TEST(Step1_CreateTask, NobodyElseSetsItsResult) {  // TASK-06
  constexpr auto has_setters = []<class Handle>(std::type_identity<Handle>) {
    return requires(Handle handle) { handle.set_result(1); }
    || requires(Handle handle) { handle.set_exception(std::exception_ptr()); };
  };
  static_assert(!has_setters(std::type_identity<Task<int>>()));
  static_assert(has_setters(std::type_identity<Future<int>>()));
}

// ── 7.2 ────────────────────────────────────────────────────────────────────────────────────────

TEST(Step2_OneStep, StartsInTheNextIteration) {  // TASK-01
  Told told;
  told.story.step("call_soon(C), which will create_task(A)");
  told.loop.call_soon([&] {
    told.story.ran("C");
    told.start("A", says(told, "A"));
    told.story.step("C ends");
  });
  EXPECT_STORY(told.story, told.iterate(), "C", "a task starts in the next iteration",
               Seen{"C A", "starts-inline"});
  EXPECT_STORY(told.story, told.iterate(), "C A", "run() is the task's turn: resume it");
}

TEST(Step2_OneStep, TasksStartInTheOrderOfTheirCreation) {  // TASK-01
  Told told;
  for (const char* name : {"A", "B", "C"}) told.start(name, says(told, name));
  EXPECT_STORY(told.story, told.iterate(), "A B C", "tasks start first come, first served");
}

TEST(Step2_OneStep, ATaskIsDoneWhenItsCoroutineReturns) {  // TASK-02
  Told told;
  const Task<int> task = told.start("A", returns(7));
  EXPECT_STORY(told.story, outcome(task), "pending",
               "a task is done when its coroutine has ended, not before");
  told.iterate();
  ASSERT_STORY(told.story, outcome(task), "done", "the frame is done: finish()");
  EXPECT_STORY(told.story, task.result(), 7,
               "the result is in the frame: settle() takes it out before the frame goes");
  EXPECT_STORY(told.story, task.result(), 7, "a result may be read again");
}

TEST(Step2_OneStep, AResultMayBeVoid) {  // TASK-02
  Told told;
  const Task<> task = told.start("A", says(told, "A"));
  told.iterate();
  EXPECT_STORY(told.story, outcome(task), "done", "the frame is done: finish()");
  task.result();
}

TEST(Step2_OneStep, AResultMayBeMoveOnly) {  // TASK-02
  Told told;
  struct Body {
    static Coro<std::unique_ptr<int>> make() { co_return std::make_unique<int>(7); }
  };
  Task<std::unique_ptr<int>> task = told.start("A", Body::make());
  told.iterate();
  ASSERT_STORY(told.story, outcome(task), "done", "the frame is done: finish()");
  EXPECT_STORY(told.story, task.result() != nullptr, true, "settle() takes the result by a move");
  const std::unique_ptr<int> taken = std::move(task).result();
  EXPECT_STORY(told.story, taken != nullptr, true, "reading must not take the value away");
}

TEST(Step2_OneStep, AResultMayBeAReference) {  // TASK-02
  Told told;
  struct Body {
    static Coro<int&> find(int& value) { co_return value; }
  };
  int value = 1;
  const Task<int&> task = told.start("A", Body::find(value));
  told.iterate();
  ASSERT_STORY(told.story, outcome(task), "done", "the frame is done: finish()");
  EXPECT_STORY(told.story, &task.result() == &value, true, "the result is another object");
}

TEST(Step2_OneStep, AResultNeedsNoDefaultConstructor) {  // TASK-02
  Probe::Count count;
  Told told;
  struct Body {
    static Coro<Probe> make(Probe::Count& c) { co_return Probe(c); }
  };
  {
    const Task<Probe> task = told.start("A", Body::make(count));
    told.iterate();
    ASSERT_STORY(told.story, outcome(task), "done", "the frame is done: finish()");
    EXPECT_STORY(told.story, count.alive, 1,
                 "the result moves from the frame into the task: there is one");
  }
  EXPECT_STORY(told.story, count.alive, 0, "the result goes with the task");
  EXPECT_STORY(told.story, count.destroyed, 1, "the result is destroyed once");
}

TEST(Step2_OneStep, AnExceptionIsItsOutcome) {  // TASK-02
  Told told;
  const Task<> task = told.start("A", throws("boom"));
  told.says_soon("B");
  EXPECT_STORY(told.story, told.iterate(), "B", "the others still run");
  EXPECT_STORY(told.story, outcome(task), "boom", "what the coroutine threw is the task's");
  EXPECT_STORY(told.story, refusal([&] { task.result(); }), "boom", "everybody who asks is told");
}

TEST(Step2_OneStep, AnExceptionMayBeOfAnyType) {  // TASK-02
  Told told;
  struct Body {
    static Coro<> throw_seven() {
      throw 7;
      co_return;
    }
  };
  const Task<> task = told.start("A", Body::throw_seven());
  told.iterate();
  EXPECT_STORY(told.story, thrown_as<int>([&] { task.result(); }), "thrown",
               "what the coroutine threw, here the number 7, is the task's");
}

TEST(Step2_OneStep, CallbacksComeAnIterationLater) {  // TASK-04 TASK-06
  Told told;
  const auto task = told.start("A", says(told, "A"));
  told.story.step("A.add_done_callback(D)");
  task.add_done_callback([&](Task<>& ended) { told.story.ran(ended.done() ? "D" : "too-soon"); });
  EXPECT_STORY(told.story, told.iterate(), "A", "a done callback goes through the ready queue");
  EXPECT_STORY(told.story, task.done(), true, "the frame is done: finish()");
  EXPECT_STORY(told.story, told.iterate(), "A D", "complete() queues the done callbacks");
}

TEST(Step2_OneStep, AFinishedTaskLeavesTheLoop) {  // TASK-10
  Told told;
  const auto a = told.start("A", says(told, "A"));
  std::size_t listed_by_b = 0;
  struct Body {
    static Coro<> count(std::size_t& listed) {
      listed = aio::all_tasks().size();
      co_return;
    }
  };
  told.start("B", Body::count(listed_by_b));
  told.iterate();
  EXPECT_STORY(told.story, listed_by_b, 1U, "all_tasks() lists what has not finished");
  EXPECT_STORY(told.story, aio::all_tasks(told.loop).size(), 0U,
               "a finished task is still listed; see finish()");
}

TEST(Step2_OneStep, TheCurrentTaskIsTheOneThatRuns) {  // TASK-09
  Told told;
  struct Body {
    static Coro<> look(Told& told) {
      const TaskRef current = aio::current_task();
      told.story.ran(current ? std::string(current.name()) : "nobody");
      co_return;
    }
  };
  const auto look = [&] { told.story.ran(aio::current_task() ? "somebody" : "nobody"); };
  const auto a = told.start("A", Body::look(told));
  told.loop.call_soon(look);
  const auto b = told.start("B", Body::look(told));
  EXPECT_STORY(told.story, told.iterate(), "A nobody B",
               "running_task is set for the length of a step",
               Seen{"A somebody B", "current-task-stays-set"});
  look();
  EXPECT_STORY(told.story, told.story.order(), "A nobody B nobody",
               "outside the loop there is no current task");
}

TEST(Step2_OneStep, AwaitingACoroutineIsNoTask) {  // TASK-03
  Told told;
  struct Body {
    static Coro<> inner(Told& told, const TaskRef& outer) {
      EXPECT_STORY(told.story, aio::current_task() == outer, true,
                   "an inner coroutine runs in the task of the one that awaits it");
      EXPECT_STORY(told.story, aio::all_tasks().size(), 1U,
                   "an awaited coroutine has become a task of its own");
      told.story.ran("inner");
      co_return;
    }
    static Coro<> outer(Told& told) {
      told.story.ran("outer");
      co_await inner(told, aio::current_task());
      told.story.ran("outer");
    }
  };
  const auto task = told.start("A", Body::outer(told));
  EXPECT_STORY(told.story, told.iterate(), "outer inner outer",
               "awaiting a coroutine is a call; it takes no iteration");
  EXPECT_STORY(told.story, task.done(), true, "the frame is done: finish()");
}

TEST(Step2_OneStep, ADeepRecursionIsOneStep) {  // TASK-03
  Told told;
  struct Body {
    static Coro<int> deep(int levels) {
      if (levels == 0) co_return 0;
      const int below = co_await deep(levels - 1);
      co_return below + 1;
    }
    static Coro<int> many(int awaits) {
      int sum = 0;
      for (int i = 0; i < awaits; ++i) {
        const int one = co_await deep(0);
        sum += one + 1;
      }
      co_return sum;
    }
  };
#if defined(__SANITIZE_ADDRESS__) && !defined(__clang__)
  constexpr int levels = 1'000;  // GCC makes no tail calls under its sanitizer
#else
  constexpr int levels = 100'000;
#endif
  const auto deep = told.start("deep", Body::deep(levels));
  const auto many = told.start("many", Body::many(100'000));
  told.iterate();
  EXPECT_STORY(told.story, outcome(deep), "done", "the frame is done: finish()");
  EXPECT_STORY(told.story, outcome(many), "done", "the frame is done: finish()");
  EXPECT_STORY(told.story, deep.result(), levels,
               "settle() takes the result out of the frame before the frame goes");
  EXPECT_STORY(told.story, many.result(), 100'000,
               "settle() takes the result out of the frame before the frame goes");
}

TEST(Step2_OneStep, AwaitingAFinishedFutureDoesNotEndTheStep) {  // FUT-11 FUT-12
  Told told;
  struct Body {
    static Coro<> ask(Told& told, Future<int> future, Future<int> failed) {
      for (int i = 0; i < 2; ++i) {
        const int value = co_await future;
        told.story.ran(std::to_string(value));
        try {
          co_await failed;
        } catch (const std::runtime_error& error) {
          told.story.ran(error.what());
        }
      }
    }
  };
  Future<int> future(told.loop), failed(told.loop);
  future.set_result(7);
  failed.set_exception(std::runtime_error("boom"));
  told.start("A", Body::ask(told, future, failed));
  EXPECT_STORY(told.story, told.iterate(), "7 boom 7 boom",
               "a future that is done is read at once, as often as you like");
}

TEST(Step2_OneStep, TheFrameGoesWhenTheCoroutineEnds) {
  struct Body {
    static Coro<> fail(Probe) {
      throw std::runtime_error("boom");
      co_return;
    }
  };
  Probe::Count count;
  Told told;
  const auto a = told.start("A", holds(Probe(count)));
  const auto b = told.start("B", Body::fail(Probe(count)));
  told.iterate();
  EXPECT_STORY(told.story, count.destroyed, 2,
               "settle() destroys the frame; the handles need only the result");
  EXPECT_STORY(told.story, count.alive, 0, "settle() destroys the frame");
  EXPECT_STORY(told.story, outcome(b), "boom", "what the coroutine threw is the task's");
}

/// Tells when the frame that it is in goes.
struct Goes {
  explicit Goes(std::function<void()> t) : tell(std::move(t)) {}
  Goes(Goes&& other) noexcept : tell(std::exchange(other.tell, nullptr)) {}
  Goes& operator=(Goes&&) = delete;
  ~Goes() {
    const tests::Spared spared_here;
    if (tell) tell();
  }
  std::function<void()> tell;
};
Coro<> ends_with(Goes) { co_return; }

TEST(Step2_OneStep, TheFrameGoesBeforeTheTaskIsDone) {
  std::string found;
  std::optional<Task<>> a, b;  // outlive the loop, which may have to destroy the frames
  const auto look = [&found](const std::optional<Task<>>& task) {
    if (task) found += std::string(task->name()) + ":" + outcome(*task) + " ";
  };
  Told told;
  struct Body {
    static Coro<> fail(Goes) {
      throw std::runtime_error("boom");
      co_return;
    }
  };
  a = told.start("A", ends_with(Goes([&] { look(a); })));
  b = told.start("B", Body::fail(Goes([&] { look(b); })));
  told.iterate();
  EXPECT_STORY(told.story, found, "A:pending B:pending ",
               "settle() completes before it has destroyed the frame",
               Seen{"A:done B:boom ", "completes-before-the-frame-goes"});
}

TEST(Step2_OneStep, TheFrameGoesInTheLastStep) {
  std::string current;
  std::optional<Task<>> a;
  Told told;
  a = told.start("A", ends_with(Goes([&] {
                   if (a) current = aio::current_task() == *a ? "A" : "nobody";
                 })));
  told.iterate();
  EXPECT_STORY(told.story, current, "A",
               "finish() is part of the step: running_task is reset after it");
}

TEST(Step2_OneStep, AFailureThatNobodyAsksForIsReported) {  // TASK-13 FUT-13
  Told told;
  told.report_exceptions();
  told.start("A", throws("boom"));
  told.story.step("the only handle is gone");
  EXPECT_STORY(told.story, told.iterate(), "reported(boom)",
               "a failure is reported when the task is done and its last handle is gone",
               tests::LooksLike{"", "failure-is-marked-as-seen"});
}

TEST(Step2_OneStep, AFailureIsReportedWhenTheLastHandleGoes) {  // TASK-13 FUT-14
  Told told;
  told.report_exceptions();
  {
    const auto asked = told.start("A", throws("asked")), kept = told.start("B", throws("kept"));
    told.iterate();
    EXPECT_STORY(told.story, told.story.order(), "", "somebody may still ask");
    EXPECT_STORY(told.story, outcome(asked), "asked", "what the coroutine threw is the task's");
    told.story.step("the handles go");
  }
  EXPECT_STORY(told.story, told.story.order(), "reported(kept)",
               "what was asked for is not reported, what was not is",
               tests::LooksLike{"", "failure-is-marked-as-seen"});
}

TEST(Step2_OneStep, AFatalErrorLeavesTheLoop) {  // TASK-12
  Told told;
  struct Body {
    static Coro<> interrupt() {
      throw Interrupt();
      co_return;
    }
  };
  const auto fatal = told.start("A", Body::interrupt());
  told.start("B", says(told, "B"));
  EXPECT_STORY(told.story, thrown_as<Interrupt>([&] { told.iterate(); }), "thrown",
               "run() calls settle(), and settle() has to call settle_failure() for a result that "
               "has failed: it throws what must leave the loop");
  EXPECT_STORY(told.story, fatal.done(), true, "a fatal error is the task's end, too");
  EXPECT_STORY(told.story, outcome(fatal), "an exception that is no std::exception",
               "a fatal error is stored in the task, too");
  EXPECT_STORY(told.story, static_cast<bool>(aio::current_task()), false,
               "no task runs any more: finish() has thrown, and only a destructor resets "
               "running_task then, too");
  EXPECT_STORY(told.story, told.iterate(), "B", "the others go on when the loop runs again");
}

TEST(Step2_OneStep, ACoroutineMayCancelItself) {  // CANCEL-13
  Told told;
  struct Body {
    static Coro<int> give_up() {
      throw CancelledError();
      co_return 7;
    }
  };
  const auto task = told.start("A", Body::give_up());
  told.iterate();
  EXPECT_STORY(told.story, outcome(task), "cancelled",
               "a CancelledError that leaves the coroutine cancels its task");
  EXPECT_STORY(told.story, task.cancelling(), 0, "nobody has asked the task to stop");
}

TEST(Step2_OneStep, ATaskThatNobodyHoldsRuns) {  // TASK-14
  Told told;
  told.start("A", says(told, "A"));
  EXPECT_STORY(told.story, told.iterate(), "A", "dropping a handle stops nothing",
               Seen{"", "dies-with-its-handle"});
}

TEST(Step2_OneStep, ASlowStepIsNamed) {  // EXC-06
  Told told;
  std::string warning;
  told.loop.set_debug(true);
  told.loop.set_warning_sink([&](std::string_view text) { warning += text; });
  struct Body {
    static Coro<> hog(aio::VirtualClock& clock) {
      clock.advance(300ms);
      co_return;
    }
  };
  told.start("hog", Body::hog(told.clock));
  told.iterate();
  EXPECT_STORY(told.story, warning, "slow: task hog kept the loop busy for 300 ms",
               "a task is a Ready: the loop runs the task itself, and no callback that runs it",
               Seen{std::string("slow: callback kept the loop busy for 300 ms"),
                    "queued-inside-a-callback"});
}

// ── 7.3 ────────────────────────────────────────────────────────────────────────────────────────

/// Wakes one task that waits for it.
struct Bell {
  aio::detail::TaskBase* waiting = nullptr;
  void ring(EventLoop& loop) {
    if (waiting != nullptr) loop.call_soon(*waiting);
  }
};

struct AwaitBell final : aio::detail::Waiter {
  explicit AwaitBell(Bell& b) : bell(b) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> leaf) {
    bell.waiting = &aio::detail::TaskBase::current("a bell");
    bell.waiting->park(leaf, *this);
  }
  void await_resume() {}
  bool cancel() override { return false; }
  std::string what() const override { return "a bell"; }
  Bell& bell;
};

/// A task that has been asked to stop, as cancel() of step 7.6 will note it.
struct AskedToStop final : aio::detail::WithResult<int, aio::detail::TaskBase> {
  AskedToStop(EventLoop& loop, Coro<> coro)
      : WithResult(loop, std::move(coro).release().release()) {}
  using TaskBase::note_cancel;
  void finish() override { finished = true; }
  bool finished = false;
};

TEST(Step2_OneStep, ATaskThatIsNotToStartIsFinished) {  // CANCEL-03
  Told told;
  told.story.step("create_task(A), which is asked to stop before its first step");
  const aio::Ref<AskedToStop> task(new AskedToStop(told.loop, says(told, "A")));
  task->note_cancel();
  EXPECT_STORY(told.story, told.iterate(), "", "A was asked to stop before it began",
               tests::LooksLike{"A", "starts-although-cancelled"});
  EXPECT_STORY(told.story, task->finished, true,
               "run() resumes nothing, and the task waits for ever: its only step is its last, so "
               "finish()",
               tests::LooksLike{false, "never-started-and-never-finished"});
}

/// Notes whether the request of a task that begins to wait has come here.
struct AwaitAsked final : aio::detail::Waiter {
  explicit AwaitAsked(bool& a) : asked(a) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> leaf) {
    aio::detail::TaskBase::current("a question").park(leaf, *this);
  }
  void await_resume() {}
  bool cancel() override { return asked = true; }
  std::string what() const override { return "a question"; }
  bool& asked;
};

TEST(Step3_Park, WhatWasNotedBeforeIsPassedOn) {  // CANCEL-14
  bool asked = false;
  Told told;
  struct Body {
    static Coro<> wait(AskedToStop*& self, bool& asked) {
      self->note_cancel();
      co_await AwaitAsked(asked);
    }
  };
  AskedToStop* self = nullptr;
  told.story.step("A is asked to stop while it runs, and begins to wait afterwards");
  const aio::Ref<AskedToStop> task(new AskedToStop(told.loop, Body::wait(self, asked)));
  self = task.get();
  told.iterate();
  EXPECT_STORY(told.story, asked, true,
               "park() keeps the waiter and does not ask it: the wait would last, since cancel() "
               "has been called already",
               Seen{false, "noted-but-not-passed-on"});
}

struct Yield {
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> leaf) {
    aio::detail::TaskBase::current("yield").yield(leaf);
  }
  void await_resume() {}
};

Coro<> hears(Told& told, Bell& bell, std::string name) {
  told.story.ran(name + "1");
  co_await AwaitBell(bell);
  told.story.ran(name + "2");
}

TEST(Step3_Park, AParkedTaskRunsWhenItIsWoken) {
  Bell bell;
  Told told;
  const auto task = told.start("A", hears(told, bell, "A"));
  told.iterate();
  ASSERT_STORY(told.story, told.iterate(), "A1", "nobody has woken A: a parked task is in no queue",
               Seen{"A1 A2", "queued-although-parked"});
  told.story.step("the bell rings");
  bell.ring(told.loop);
  EXPECT_STORY(told.story, told.story.order(), "A1", "waking a task queues it");
  EXPECT_STORY(told.story, told.iterate(), "A1 A2",
               "the next step begins where the last one ended");
  EXPECT_STORY(told.story, task.done(), true, "run() asks frame_ whether the task has ended");
}

Coro<> hears_inside(Told& told, Bell& bell) {
  told.story.ran("outer1");
  co_await hears(told, bell, "inner");
  told.story.ran("outer2");
}

TEST(Step3_Park, TheInnermostCoroutineGoesOn) {
  Bell bell;
  Told told;
  told.start("A", hears_inside(told, bell));
  told.iterate();
  bell.ring(told.loop);
  EXPECT_STORY(told.story, told.iterate(), "outer1 inner1 inner2 outer2",
               "a step begins in the coroutine that suspended: park() keeps the leaf, and run() of "
               "7.2 resumes it");
}

TEST(Step3_Park, ATaskEndsWithItsOutermostCoroutine) {
  Bell a_bell, b_bell;
  Told told;
  const auto a = told.start("A", hears_inside(told, a_bell));
  const auto b = told.start("B", hears_inside(told, b_bell));
  told.iterate();
  told.story.step("both bells ring");
  a_bell.ring(told.loop);
  b_bell.ring(told.loop);
  told.iterate();
  EXPECT_STORY(
      told.story, outcome(a) + ", " + outcome(b), "done, done",
      "run() of 7.2 asks the leaf whether the task has ended: it asks a coroutine that may "
      "be gone, and has to ask frame_");
}

TEST(Step3_Park, OthersRunMeanwhile) {  // TASK-09
  Told told;
  Bell a, b;
  told.start("A", hears(told, a, "A"));
  told.start("B", hears(told, b, "B"));
  told.iterate();
  told.story.step("B's bell rings, then A's");
  b.ring(told.loop);
  a.ring(told.loop);
  EXPECT_STORY(told.story, told.iterate(), "A1 B1 B2 A2", "each task waits for itself");
}

TEST(Step3_Park, ATaskThatWaitsSaysForWhat) {
  Bell bell;
  Told told;
  const auto task = told.start("A", hears(told, bell, "A"));
  told.iterate();
  const std::string message = refusal([&] { told.loop.run_once(); });
  told.story.step("run_once(), with nothing that could wake A");
  EXPECT_STORY(told.story, message.find("task A, which waits for a bell") != message.npos, true,
               "park() remembers the waiter");
}

TEST(Step3_Park, ATaskThatGoesOnWaitsForNothing) {
  Bell bell;
  AwaitBell rings(bell);
  Told told;
  struct Body {
    static Coro<> hear(Told& told, AwaitBell& rings) {
      co_await rings;
      told.story.ran(aio::current_task().task().describe());
    }
  };
  told.start("A", Body::hear(told, rings));
  told.iterate();
  told.story.step("the bell rings");
  bell.ring(told.loop);
  EXPECT_STORY(told.story, told.iterate(), "task A",
               "a step begins, so the wait is over: run() of 7.2 forgets the waiter",
               Seen{"task A, which waits for a bell", "waiter-outlives-the-wait"});
}

TEST(Step3_Park, YieldingGoesToTheBackOfTheQueue) {
  Bell a, b;
  Told told;
  struct Body {
    static Coro<> twice(Told& told, Bell& bell, std::string name) {
      told.story.ran(name + "1");
      co_await Yield();
      told.story.ran(name + "2");
      co_await AwaitBell(bell);
    }
  };
  told.start("A", Body::twice(told, a, "A"));
  told.start("B", Body::twice(told, b, "B"));
  told.says_soon("C");
  ASSERT_STORY(told.story, told.iterate(), "A1 B1 C", "a yield ends the step",
               Seen{"A1 A2 B1 B2 C", "yield-goes-on-at-once"});
  EXPECT_STORY(told.story, told.iterate(), "A1 B1 C A2 B2", "and queues the next one");
}

TEST(Step3_Park, TheInnermostCoroutineGoesOnAfterAYield) {
  Bell bell;
  Told told;
  struct Body {
    static Coro<> inner(Told& told, Bell& bell) {
      told.story.ran("inner1");
      co_await Yield();
      told.story.ran("inner2");
      co_await AwaitBell(bell);
    }
    static Coro<> outer(Told& told, Bell& bell) {
      told.story.ran("outer1");
      co_await inner(told, bell);
      told.story.ran("outer2");
    }
  };
  told.start("A", Body::outer(told, bell));
  told.iterate();
  EXPECT_STORY(told.story, told.iterate(), "outer1 inner1 inner2",
               "yield() remembers the leaf, as park() does",
               Seen{"outer1 inner1 outer2", "yield-forgets-the-leaf"});
}

TEST(Step3_Park, ClosingTheLoopDestroysAParkedFrameOnce) {  // LOOP-28
  Bell bell;
  Probe::Count count;
  Told told;
  struct Body {
    static Coro<> inner(Bell& bell, Probe) { co_await AwaitBell(bell); }
    static Coro<> outer(Bell& bell, Probe, Probe two) {
      co_await inner(bell, std::move(two));
      ADD_FAILURE() << "Likely cause: the loop was closed, and the task went on all the same";
    }
  };
  const auto task = told.start("A", Body::outer(bell, Probe(count), Probe(count)));
  told.iterate();
  EXPECT_STORY(told.story, count.alive, 2, "both frames wait");
  told.story.step("close()");
  told.loop.close();
  EXPECT_STORY(told.story, count.destroyed, 2, "the frames of a parked task are destroyed, once");
  EXPECT_STORY(told.story, count.alive, 0, "a frame of the task is left");
  EXPECT_STORY(told.story, outcome(task), "cancelled", "a task that is evicted is cancelled");
}

// ── 7.4 ────────────────────────────────────────────────────────────────────────────────────────

template <class T>
Coro<> waits(Told& told, Future<T> future, std::string name) {
  try {
    co_await future;
    told.story.ran(name);
  } catch (const std::exception& error) {
    told.story.ran(name + "(" + error.what() + ")");
  }
}

TEST(Step4_AwaitAFuture, TheTaskWaitsUntilItIsDone) {
  Told told;
  const Future<> future(told.loop);
  const auto task = told.start("A", waits(told, future, "A"));
  told.iterate();
  told.iterate();
  EXPECT_STORY(told.story, task.done(), false, "nothing has been set, and the task is done");
  EXPECT_STORY(told.story, TaskRef(task).task().describe(), "task A, which waits for a future",
               "park() has to hear where the task goes on, and what it waits for");
  told.story.step("set_result()");
  future.set_result();
  EXPECT_STORY(told.story, told.story.order(), "",
               "set_result() resumed the task; whoever delivers is not ready for that",
               Seen{"A", "resumed-inline"});
  EXPECT_STORY(told.story, told.iterate(), "A",
               "a future that is done queues whoever waits for it");
}

TEST(Step4_AwaitAFuture, WaitersGoOnInTheirOrder) {  // TASK-05
  Told told;
  const Future<> future(told.loop);
  told.start("A", waits(told, future, "A"));
  told.iterate();
  told.story.step("add_done_callback(B)");
  future.add_done_callback([&](Future<>&) { told.story.ran("B"); });
  told.start("C", waits(told, future, "C"));
  told.start("D", waits(told, future, "D"));
  told.iterate();
  told.story.step("set_result()");
  future.set_result();
  EXPECT_STORY(told.story, told.iterate(), "A B C D",
               "tasks and callbacks wait in one list, first come, first served");
}

TEST(Step4_AwaitAFuture, TheAwaitGivesTheResult) {  // TASK-02
  Told told;
  struct Body {
    static Coro<> ask(Told& told, Future<int> future) {
      const int value = co_await future;
      told.story.ran(std::to_string(value));
    }
  };
  const Future<int> future(told.loop);
  told.start("A", Body::ask(told, future));
  told.start("B", Body::ask(told, future));
  told.iterate();
  future.set_result(7);
  EXPECT_STORY(told.story, told.iterate(), "7 7", "each waiter is given the result");
}

TEST(Step4_AwaitAFuture, AnExceptionIsThrownAtTheAwait) {  // FUT-12
  Told told;
  const Future<> future(told.loop);
  told.start("A", waits(told, future, "A"));
  told.start("B", waits(told, future, "B"));
  told.iterate();
  future.set_exception(std::runtime_error("boom"));
  EXPECT_STORY(told.story, told.iterate(), "A(boom) B(boom)", "each waiter is given the exception");
}

TEST(Step4_AwaitAFuture, AHandleGivesAReferenceOrIsMovedOut) {
  Told told;
  struct Body {
    static Coro<> ask(Told& told, Future<std::unique_ptr<int>> future) {
      std::unique_ptr<int>& kept = co_await future;
      EXPECT_STORY(told.story, *kept, 7, "a handle gives a reference to the value");
      const std::unique_ptr<int> taken = co_await std::move(future);
      EXPECT_STORY(told.story, *taken, 7, "an rvalue gives the value itself");
    }
  };
  const Future<std::unique_ptr<int>> future(told.loop);
  const auto task = told.start("A", Body::ask(told, future));
  told.iterate();
  told.story.step("the future has a result");
  future.set_result(std::make_unique<int>(7));
  told.iterate();
  EXPECT_STORY(told.story, outcome(task), "done", "the task has read the future");
  EXPECT_STORY(told.story, thrown_as<aio::InvalidStateError>([&] { future.result(); }), "thrown",
               "the task has moved the value out, so there is nothing left to give");
}

/// Each waits for the one before it.
std::vector<Task<>> chain(Told& told, std::size_t length) {
  struct Body {
    static Coro<> waits(Task<> task) { co_await task; }
    static Coro<> naps() { co_await aio::sleep(24h); }
  };
  std::vector<Task<>> tasks{aio::create_task_on(told.loop, Body::naps())};
  while (tasks.size() < length) {
    tasks.push_back(aio::create_task_on(told.loop, Body::waits(tasks.back())));
  }
  return tasks;
}

TEST(Deep_Cancel, AChainOfTasksHowLongItMayBe) {
  Told told;
  const std::vector<Task<>> tasks = chain(told, 100'000);
  told.iterate();
  EXPECT_TRUE(tasks.back().cancel());
  for (std::size_t i = 0; i <= tasks.size() && !tasks.back().done(); ++i) told.loop.run_once();
  for (const Task<>& task : tasks) ASSERT_TRUE(task.cancelled());
}

/// What growth.py counts, as far as it goes: with the square of its length it would take minutes.
TEST(Deep_Cancel, AChainOfTasksAtTheEndOfARun) {
  std::vector<Task<>> tasks;
  struct Body {
    static Coro<> waits(Task<> task) { co_await task; }
    static Coro<> naps() { co_await aio::sleep(24h); }
    static Coro<> begins(std::vector<Task<>>& tasks) {
      tasks.push_back(aio::create_task(naps()));
      while (tasks.size() < 100'000) tasks.push_back(aio::create_task(waits(tasks.back())));
      co_await aio::sleep(0s);
    }
  };
  tests::run_virtual(Body::begins(tasks));
  for (const Task<>& task : tasks) ASSERT_TRUE(task.cancelled());
}

TEST(Deep_Cancel, ACircleOfTasksIsAskedOnce) {
  struct Body {
    static Coro<> waits(const std::vector<Task<>>& tasks, std::size_t who) {
      co_await tasks[who % tasks.size()];
    }
  };
  Told told;
  std::vector<Task<>> tasks;
  for (std::size_t i = 0; i < 2'000; ++i) {
    tasks.push_back(aio::create_task_on(told.loop, Body::waits(tasks, i + 1)));
  }
  told.iterate();
  EXPECT_TRUE(tasks[7].cancel());  // and comes back
  for (const Task<>& task : tasks) ASSERT_GE(task.cancelling(), 1);
  told.loop.close();
}

Coro<> waits_below(int levels) {
  if (levels > 0) co_return co_await waits_below(levels - 1);
  co_await aio::sleep(24h);
}

/// A sanitizer's build uses the thread's own stack, which holds fewer.
constexpr int as_deep_as_it_gets = TESTS_SANITIZED ? 5'000 : 200'000;

TEST(Deep_Close, AFrameEndsWithAllThatItAwaits) {
  Told told;
  const Task<> task = aio::create_task_on(told.loop, waits_below(as_deep_as_it_gets));
  told.iterate();
  told.loop.close();
  EXPECT_TRUE(task.cancelled());
}

TEST(Deep_Close, AFrameThatGivesWayToo) {
  struct Body {
    static Coro<> below(int levels, const bool& told_to_end) {
      if (levels > 0) {
        co_await below(levels - 1, told_to_end);
      } else {
        while (!told_to_end) co_await aio::sleep(0s);
      }
    }
  };
  Told told;
  const bool never = false;
  const Task<> task = aio::create_task_on(told.loop, Body::below(as_deep_as_it_gets, never));
  told.iterate();
  told.loop.close();
  EXPECT_TRUE(task.cancelled());
}

TEST(OtherThreads_Task, CannotCancel) {
  Told told;
  struct Body {
    static Coro<> main(Told& told) {
      const Task<> nap = told.start("nap", Coro<>(napping()));
      co_await aio::sleep(0s);
      const aio::TaskRef any = nap;
      EXPECT_EQ(tests::refused_elsewhere([&] { nap.cancel(); }), tests::wrong_thread("cancel"));
      EXPECT_EQ(tests::refused_elsewhere([&] { any.cancel(); }), tests::wrong_thread("cancel"));
      EXPECT_EQ(tests::refused_elsewhere([&] { nap.uncancel(); }), tests::wrong_thread("uncancel"));
      EXPECT_EQ(nap.cancelling(), 0);
      nap.cancel();
    }
    static Coro<> napping() { co_await aio::sleep(1h); }
  };
  told.start("main", Body::main(told));
  told.finish();
}

/// A cache that gives its handle by value.
struct Cache {
  Task<std::string> task;
  Task<std::string> get() const { return task; }
};

TEST(Handles_Await, TemporariesOfOneTaskEachGetItsResult) {
  struct Body {
    static Coro<std::string> load() { co_return std::string(100, 'x'); }
    static Coro<std::size_t> ask(Cache cache) {
      const std::string first = co_await cache.get();
      const std::string second = co_await cache.get();
      co_return first.size() + second.size();
    }
  };
  Told told;
  const Cache cache{told.start("load", Body::load())};
  const auto task = told.start("A", Body::ask(cache));
  told.finish();
  EXPECT_EQ(task.result(), 200u) << "the first one moved the result out of the cached task";
}

TEST(Handles_Await, ASleepWithAResultCanBeAwaitedAgain) {
  struct Body {
    static Coro<std::size_t> ask() {
      auto nap = aio::sleep(1s, std::string(100, 'x'));
      const std::string first = co_await nap, second = co_await nap;
      co_return first.size() + second.size();
    }
  };
  Told told;
  const auto task = told.start("A", Body::ask());
  told.finish();
  EXPECT_EQ(task.result(), 200u);
}

TEST(Step4_AwaitAFuture, ATaskIsAFuture) {  // TASK-02 TASK-04 TASK-06
  Told told;
  struct Body {
    static Coro<> ask(Told& told, Task<int> task) {
      const int value = co_await task;
      told.story.ran(std::to_string(value));
    }
    static Coro<int> answer(Told& told) {
      told.story.ran("answer");
      co_return 7;
    }
  };
  const auto answer = told.start("answer", Body::answer(told));
  told.start("A", Body::ask(told, answer));
  told.iterate();
  EXPECT_STORY(told.story, told.story.order(), "answer 7", "a task that is done is read at once");
  Told reversed;
  struct Late {
    static Coro<> start_and_ask(Told& told) {
      const Task<int> task = aio::create_task(Body::answer(told));
      co_await Body::ask(told, task);
    }
  };
  reversed.start("A", Late::start_and_ask(reversed));
  reversed.iterate();
  EXPECT_STORY(reversed.story, reversed.iterate(), "answer", "A waits for its task");
  EXPECT_STORY(reversed.story, reversed.iterate(), "answer 7",
               "a waiter goes on an iteration after the task is done");
}

TEST(Step4_AwaitAFuture, AFailedTaskThrowsAtTheAwait) {  // TASK-02 FUT-14
  Told told;
  told.report_exceptions();
  struct Body {
    static Coro<> ask() { co_await aio::create_task(throws("boom")); }
  };
  const auto task = told.start("A", Body::ask());
  told.finish();
  EXPECT_STORY(told.story, outcome(task), "boom", "the exception goes to who awaits");
  EXPECT_STORY(told.story, told.story.order(), "", "an exception that was awaited is not reported");
}

TEST(Step4_AwaitAFuture, TheFutureLivesAsLongAsSomebodyWaits) {
  Probe::Count results;
  Told told;
  std::optional<Future<Probe>> only(told.loop);
  struct Body {
    static Coro<> ask(Told& told, const std::optional<Future<Probe>>& future) {
      const bool whole = (co_await *future).count != nullptr;  // the reference ends with the wait
      told.story.ran(whole ? "A" : "A with nothing");
    }
  };
  told.start("A", Body::ask(told, only));
  told.iterate();
  told.story.step("set_result(), and the only handle goes");
  only->set_result(Probe(results));
  only.reset();
  ASSERT_STORY(told.story, results.alive, 1,
               "nobody keeps the future, and A will ask for its result: kept_ is there for that",
               tests::LooksLike{0, "future-gone-before-its-waiter"});
  EXPECT_STORY(told.story, told.iterate(), "A", "the result is there when A goes on");
}

TEST(Step4_AwaitAFuture, AwaitingItselfIsRefused) {  // TASK-07
  Told told;
  struct Body {
    static Coro<> ask(const std::optional<Task<>>& self) { co_await *self; }
  };
  std::optional<Task<>> self;
  self = told.start("A", Body::ask(self));
  told.iterate();
  EXPECT_STORY(told.story, outcome_or_refused(*self), "refused",
               "a task that waits for itself waits for ever",
               Seen{std::string("pending"), "waits-for-itself"});
}

TEST(Step4_AwaitAFuture, AFutureOfAnotherLoopIsRefused) {  // TASK-08
  Told told, other;
  const Future<> foreign(other.loop);
  struct Body {
    static Coro<> ask(Future<> future) { co_await future; }
  };
  const auto task = told.start("A", Body::ask(foreign));
  told.iterate();
  EXPECT_STORY(told.story, outcome_or_refused(task), "refused",
               "the other loop would queue a task that is not its own",
               tests::LooksLike{"pending", "awaits-a-foreign-future"});
  foreign.set_result();
}

TEST(Step4_AwaitAFuture, OutsideATaskItIsRefused) {
  Told told;
  const Future<> future(told.loop);
  struct Body {
    static Coro<> ask(Future<> future) { co_await future; }
  };
  const auto frame = Body::ask(future).release();
  told.story.step("a future is awaited by a coroutine that is no task");
  frame.get().resume();
  ASSERT_STORY(told.story, frame.get().done(), true,
               "a coroutine outside a task is to be refused, not parked");
  EXPECT_STORY(
      told.story,
      aio::message_of(frame.promise().result().exception()).find("must be awaited in a task") !=
          std::string::npos,
      true, "only TaskBase::current() knows what to do without a task");
}

TEST(Step4_AwaitAFuture, ACancelledFutureThrowsCancelledError) {  // CANCEL-19
  Told told;
  const Future<> future(told.loop);
  const auto task = told.start("A", waits(told, future, "A"));
  told.iterate();
  told.story.step("the future is cancelled");
  future.cancel();
  told.iterate();
  EXPECT_STORY(told.story, outcome(task), "cancelled",
               "the error leaves A's coroutine; catch (const std::exception&) lets it pass");
  EXPECT_STORY(told.story, task.cancelling(), 0, "nobody asked A itself to stop");
}

TEST(Step4_AwaitAFuture, ClosingTheLoopForgetsTheWaiters) {  // LOOP-28
  Probe::Count count;
  std::optional<Future<>> future;
  struct Body {
    static Coro<> wait(Future<> future, Probe) { co_await future; }
  };
  {
    Told told;
    future.emplace(told.loop);
    told.start("A", Body::wait(*future, Probe(count)));
    told.iterate();
  }
  tests::Story story;
  story.step("A waits for a future; the loop is destroyed");
  EXPECT_STORY(story, count.destroyed, 1, "the frame of a task that waits is destroyed once");
  EXPECT_STORY(story, count.alive, 0, "the frame of a task that waits is left");
  future->set_result();  // nobody waits any more
}

// ── 7.5 ────────────────────────────────────────────────────────────────────────────────────────

Coro<> sleeps(Told& told, std::string name, aio::Delay delay) {
  co_await aio::sleep(delay);
  told.story.ran(std::move(name));
}

constexpr const char* timer_is_gone =
    "the timer is a local variable of set_timer(), and gone when that returns, while the loop "
    "still "
    "has it: it lives in the Sleep (timer_), which is in the frame of the task that sleeps";

TEST(Step5_Sleep, LastsAsLongAsItSays) {  // SLEEP-01
  const tests::Suspicion crash(timer_is_gone);
  Told told;
  told.start("A", sleeps(told, "A", 250ms));
  told.finish();
  EXPECT_STORY(told.story, told.clock.now(), at(250ms), "the deadline is now plus the delay");
}

TEST(Step5_Sleep, ManySleepAtOnce) {  // SLEEP-01
  const tests::Suspicion crash(timer_is_gone);
  Told told;
  told.start("A", sleeps(told, "A", 3s));
  told.start("B", sleeps(told, "B", 1s));
  told.start("C", sleeps(told, "C", 2s));
  EXPECT_STORY(told.story, told.finish(), "B C A", "each sleep has a timer of its own");
  EXPECT_STORY(told.story, told.clock.now(), at(3s), "the sleeps overlap");
}

TEST(Step5_Sleep, MayGiveAValue) {  // SLEEP-01
  Told told;
  struct Body {
    static Coro<std::unique_ptr<int>> nap() {
      std::unique_ptr<int> value = co_await aio::sleep(1s, std::make_unique<int>(7));
      co_return value;
    }
  };
  const auto task = told.start("A", Body::nap());
  told.finish();
  ASSERT_STORY(told.story, outcome(task), "done", "the sleep is over, and the task is not done");
  EXPECT_STORY(told.story, *task.result(), 7, "a sleep gives the value that it was given");
}

TEST(Step5_Sleep, TheTimerQueuesTheTask) {  // SLEEP-01
  Told told;
  const auto task = told.start("A", sleeps(told, "A", 10ms));
  told.iterate();
  EXPECT_STORY(told.story, TaskRef(task).task().describe(), "task A, which waits for a sleep",
               "set_timer() has to park the task on its timer");
  told.story.step("the clock advances by 10 ms");
  told.clock.advance(10ms);
  EXPECT_STORY(told.story, told.iterate(), "",
               "the timer resumed the task; it should queue it, as a future would",
               tests::LooksLike{"A", "timer-resumes-inline"});
  EXPECT_STORY(told.story, told.iterate(), "A", "the timer must queue the task");
}

TEST(Step5_Sleep, ZeroGivesEverybodyATurn) {  // SLEEP-02
  Told told;
  struct Body {
    static Coro<> count(Told& told, std::string name) {
      for (int i = 1; i <= 3; ++i) {
        told.story.ran(name + std::to_string(i));
        co_await aio::sleep(0s);
      }
    }
  };
  told.start("A", Body::count(told, "A"));
  told.start("B", Body::count(told, "B"));
  EXPECT_STORY(told.story, told.finish(), "A1 B1 A2 B2 A3 B3", "sleep(0) takes turns",
               Seen{"A1 A2 A3 B1 B2 B3", "sleep-zero-does-nothing"});
}

TEST(Step5_Sleep, ZeroTakesExactlyOneIteration) {  // SLEEP-02
  Told told;
  told.story.step("A calls sleep(0)");
  told.start("A", sleeps(told, "A", 0s));
  EXPECT_STORY(told.story, told.iterate(), "", "sleep(0) ends the step",
               Seen{"A", "sleep-zero-does-nothing"});
  EXPECT_STORY(told.story, told.iterate(), "A",
               "sleep(0) needs no timer: the task goes to the back of the ready queue",
               tests::LooksLike{"", "sleep-zero-sets-a-timer"});
}

TEST(Step5_Sleep, LessThanNothingIsNothing) {  // SLEEP-02
  Told told;
  told.story.step("A calls sleep(-1 s)");
  told.start("A", sleeps(told, "A", -1s));
  EXPECT_STORY(told.story, told.iterate(), "", "a sleep of less than nothing ends the step, too",
               tests::LooksLike{"A", "sleep-zero-does-nothing"});
  EXPECT_STORY(told.story, told.iterate(), "A",
               "a time that is over is none: no timer, to the back of the ready queue",
               tests::LooksLike{"", "less-than-nothing-sets-a-timer"});
}

TEST(Step5_Sleep, ATaskInALoopStarvesNobody) {  // SLEEP-02
  Told told;
  struct Body {
    static Coro<int> spin(const Future<>& end) {
      int turns = 0;
      while (!end.done() && turns < 1'000) {
        co_await aio::sleep(0s);
        ++turns;
      }
      co_return turns;
    }
  };
  const Future<> end(told.loop);
  const auto spinning = told.start("A", Body::spin(end));
  told.loop.call_later(0ms, [&] { end.set_result(); });
  told.finish();
  ASSERT_STORY(told.story, outcome(spinning), "done", "sleep(0) ends the step");
  EXPECT_STORY(told.story, spinning.result() < 10, true,
               "a task that calls sleep(0) lets timers and the others have a turn",
               Seen{false, "sleep-zero-does-nothing"});
}

TEST(Step5_Sleep, MayLastForEver) {  // SLEEP-05
  Told told;
  told.story.step("the clock advances by 1 h");
  told.clock.advance(1h);
  const auto a = told.start("A", sleeps(told, "A", std::chrono::hours::max()));
  const auto b = told.start(
      "B",
      sleeps(told, "B", std::chrono::duration<double>(std::numeric_limits<double>::infinity())));
  told.start("C", sleeps(told, "C", 24h * 365));
  for (int i = 0; i < 4; ++i) told.loop.run_once();
  EXPECT_STORY(told.story, told.story.order(), "C",
               "now plus an endless delay overflows, and lies in the past; Delay::after() does not",
               Seen{"A B", "sleep-overflows"});
  EXPECT_STORY(told.story, a.done(), false, "an endless sleep has ended");
  EXPECT_STORY(told.story, b.done(), false, "an endless sleep has ended");
}

TEST(Step5_Sleep, MustBeANumber) {  // SLEEP-04
  Told told;
  told.story.step("sleep() of a time that is no number");
  const std::chrono::duration<double> no_number(std::numeric_limits<double>::quiet_NaN());
  EXPECT_STORY(told.story, thrown_as<std::invalid_argument>([&] { (void)aio::sleep(no_number); }),
               "thrown", "Delay is given, and refuses it before anything is awaited");
  told.start("A", sleeps(told, "A", std::chrono::duration<double>(0.5)));
  told.finish();
  EXPECT_STORY(told.story, told.clock.now(), at(500ms), "a sleep that was refused took time");
}

TEST(Step5_Sleep, OutsideATaskItIsRefused) {
  Told told;
  const auto frame = sleeps(told, "A", 1s).release();
  told.story.step("a coroutine that is no task sleeps");
  frame.get().resume();
  ASSERT_STORY(told.story, frame.get().done(), true,
               "a coroutine outside a task is to be refused, not parked");
  EXPECT_STORY(
      told.story,
      aio::message_of(frame.promise().result().exception()).find("must be awaited in a task") !=
          std::string::npos,
      true, "only TaskBase::current() knows what to do without a task");
}

TEST(Step5_Sleep, ClosingTheLoopEndsASleep) {  // LOOP-28
  Probe::Count count;
  Told told;
  struct Body {
    static Coro<> nap(Probe) {
      co_await aio::sleep(1s);
      ADD_FAILURE() << "Likely cause: the loop was closed, and the task went on all the same";
    }
  };
  told.start("A", Body::nap(Probe(count)));
  told.iterate();
  told.start("B", Body::nap(Probe(count)));  // never starts
  told.story.step("close()");
  told.loop.close();
  EXPECT_STORY(told.story, count.destroyed, 2, "each frame is destroyed once");
  EXPECT_STORY(told.story, count.alive, 0, "the frame of a task that sleeps is left");
}

// ── 7.6 ────────────────────────────────────────────────────────────────────────────────────────

/// Waits for `future` in a task that tells how that ended.
Coro<> tells(Told& told, Future<> future, std::string name) {
  told.story.ran(name + ":starts");
  try {
    co_await future;
    told.story.ran(name + ":goes-on");
  } catch (const CancelledError&) {
    told.story.ran(name + ":cancelled");
    throw;
  }
}

/// Catches every CancelledError, and goes on with the next of `sleeps` naps.
Coro<int> stubborn(Told& told, int naps) {
  for (int i = 1; i <= naps; ++i) {
    try {
      co_await aio::sleep(1s);
      told.story.ran("slept" + std::to_string(i));
    } catch (const CancelledError&) {
      told.story.ran("caught" + std::to_string(i));
    }
  }
  co_return 7;
}

TEST(Step6_Cancel, IsARequest) {  // CANCEL-02 CANCEL-04
  Told told;
  const Future<> future(told.loop);
  const auto task = told.start("A", tells(told, future, "A"));
  told.iterate();
  EXPECT_STORY(told.story, told.cancel(task), true, "there is something to cancel");
  EXPECT_STORY(told.story, told.story.order(), "A:starts",
               "cancel() resumed the task; it should only ask",
               tests::LooksLike{"A:starts A:cancelled", "cancel-resumes-inline"});
  EXPECT_STORY(told.story, task.done(), false,
               "the task decides what becomes of the request, and it has not run yet");
  ASSERT_STORY(told.story, told.loop.has_ready() && !future.cancelled(), false,
               "the task is queued, and its future is still pending: FutureWaiter::cancel() has to "
               "cancel the future, which queues the task");
  EXPECT_STORY(told.story, future.cancelled(), true, "what the task waits for is cancelled at once",
               tests::LooksLike{false, "cancel-only-notes"});
  told.iterate();
  EXPECT_STORY(told.story, told.story.order(), "A:starts A:cancelled",
               "CancelledError is thrown at the await, in the next iteration",
               tests::LooksLike{"A:starts", "cancel-only-notes"});
  EXPECT_STORY(told.story, outcome(task), "cancelled",
               "a CancelledError that leaves the coroutine cancels the task");
  EXPECT_STORY(told.story, thrown_as<CancelledError>([&] { task.result(); }), "thrown",
               "whoever asks a cancelled task for its result hears that it was cancelled");
}

TEST(Step6_Cancel, CatchingErrorsDoesNotCatchIt) {  // CANCEL-01
  static_assert(!std::is_convertible_v<CancelledError*, std::exception*>);
  Told told;
  struct Body {
    static Coro<> guarded(Told& told) {
      try {
        co_await aio::sleep(1s);
      } catch (const std::exception&) {
        told.story.ran("swallowed");
      }
    }
  };
  const auto task = told.start("A", Body::guarded(told));
  told.iterate();
  told.cancel(task);
  told.finish();
  ASSERT_STORY(told.story, outcome(task) == "pending", false,
               "nobody queues A: its timer is out of the loop, so SleepTimer::cancel() has to",
               tests::LooksLike{true, "cancelled-sleep-is-never-queued"});
  EXPECT_STORY(told.story, outcome(task), "cancelled",
               "the sleep has ended without CancelledError: SleepTimer::cancel() notes in "
               "cancelled_ that it was cancelled",
               tests::LooksLike{std::string("done"), "cancelled-sleep-returns"});
  EXPECT_STORY(told.story, told.story.order(), "",
               "CancelledError is no std::exception, so that no handler of errors takes it");
}

TEST(Step6_Cancel, BeforeItsFirstStepATaskNeverStarts) {  // CANCEL-03
  Probe::Count count;
  Told told;
  struct Body {
    static Coro<> body(Told& told, Probe) {
      told.story.ran("A");
      co_return;
    }
  };
  const auto task = told.start("A", Body::body(told, Probe(count)));
  EXPECT_STORY(told.story, told.cancel(task), true,
               "the task was pending, so it will be cancelled");
  EXPECT_STORY(told.story, outcome(task), "pending",
               "the task has a step of its own in which it ends");
  told.iterate();
  EXPECT_STORY(told.story, told.story.order(), "",
               "a task that was cancelled before its first step never runs: see run() of 7.2",
               tests::LooksLike{"A", "starts-although-cancelled"});
  EXPECT_STORY(told.story, outcome(task), "cancelled",
               "a task that never ran has no result: settle() of 7.2 makes that a cancellation");
  EXPECT_STORY(told.story, count.destroyed, 1, "the parameters go with the frame");
}

TEST(Step6_Cancel, WhenTheFutureIsDoneAlready) {  // CANCEL-05
  Told told;
  const Future<> future(told.loop);
  const auto task = told.start("A", tells(told, future, "A"));
  told.iterate();
  told.story.step("the future is done; A is ready, but has not gone on yet");
  future.set_result();
  EXPECT_STORY(told.story, told.cancel(task), true,
               "the task was pending, so it will be cancelled");
  told.iterate();
  ASSERT_STORY(told.story, told.story.order() == "A:starts", false,
               "A has begun, so it goes on, and hears of the request at its await: run() of 7.2 "
               "leaves out the first step only",
               tests::LooksLike{true, "a-note-ends-the-steps"});
  EXPECT_STORY(told.story, told.story.order(), "A:starts A:cancelled",
               "nobody could take the request: it is noted, and the waiter looks for the note when "
               "it goes on, if it knows its task (task_, set in 7.4)",
               tests::LooksLike{"A:starts A:goes-on", "swallowed-when-the-future-is-done"});
  EXPECT_STORY(told.story, outcome(future), "done", "the future keeps its result");
}

TEST(Step6_Cancel, WhenTheSleepIsOverAlready) {  // CANCEL-05 SLEEP-03
  Told told;
  const auto task = told.start("A", sleeps(told, "A", 10ms));
  told.iterate();
  told.clock.advance(10ms);
  told.iterate();
  told.story.step("the time has come; A is ready, but has not gone on yet");
  told.says_soon("B");
  EXPECT_STORY(told.story, told.cancel(task), true,
               "the task was pending, so it will be cancelled");
  told.finish();
  EXPECT_STORY(told.story, told.story.order(), "B",
               "the sleep is over, and A in the queue: the request must be noted, and A not queued "
               "again. SleepTimer::run() of 7.5 says that it is over");
  EXPECT_STORY(told.story, outcome(task), "cancelled", "what was noted is thrown in the next step");
}

TEST(Step6_Cancel, AnExceptionThatWasOvertakenIsNotReported) {  // CANCEL-05 FUT-14
  Told told;
  told.report_exceptions();
  std::optional<Future<>> future(told.loop);
  const auto task = told.start("A", tells(told, *future, "A"));
  told.iterate();
  future->set_exception(std::runtime_error("boom"));
  told.cancel(task);
  future.reset();
  told.finish();
  EXPECT_STORY(told.story, told.story.order(), "A:starts A:cancelled",
               "A had asked for the future's exception: nobody need hear of it");
}

TEST(Step6_Cancel, TwoRequestsAreDeliveredOnce) {  // CANCEL-06
  Told told;
  const auto task = told.start("A", stubborn(told, 2));
  told.iterate();
  told.cancel(task);
  told.cancel(task);
  EXPECT_STORY(told.story, task.cancelling(), 2, "each request counts");
  EXPECT_STORY(told.story, told.finish(), "caught1 slept2",
               "a request that was noted is used up when CancelledError is thrown",
               tests::LooksLike{"caught1 caught2", "delivered-twice"});
  EXPECT_STORY(told.story, task.cancelling(), 2, "each request counts");
}

TEST(Step6_Cancel, TwoRequestsQueueTheTaskOnce) {
  Told told;
  const auto task = told.start("A", stubborn(told, 2));
  told.iterate();
  told.cancel(task);
  told.says_soon("B");
  told.cancel(task);
  EXPECT_STORY(told.story, told.finish(), "caught1 B slept2",
               "A was queued a second time, which tears B out of the queue: a sleep that is over "
               "takes no request",
               Seen{"caught1 slept2", "queued-by-every-request"});
}

TEST(Step6_Cancel, ASecondRequestInterruptsTheCleanup) {  // CANCEL-07
  Told told;
  const auto task = told.start("A", stubborn(told, 3));
  told.iterate();
  told.cancel(task);
  told.iterate();
  told.cancel(task);
  EXPECT_STORY(told.story, told.finish(), "caught1 caught2 slept3",
               "each wait can be cancelled anew");
}

TEST(Step6_Cancel, RequestsAreCounted) {  // CANCEL-08
  Told told;
  const auto task = told.start("A", stubborn(told, 2));
  EXPECT_STORY(told.story, task.cancelling(), 0, "uncancel() takes one request back");
  told.iterate();
  told.cancel(task);
  told.iterate();
  EXPECT_STORY(told.story, task.cancelling(), 1, "catching the error does not take it back");
  told.finish();
  EXPECT_STORY(told.story, told.cancel(task), false, "there is nothing left to cancel",
               tests::LooksLike{true, "cancels-what-is-done"});
  EXPECT_STORY(told.story, task.cancelling(), 1, "a request to a finished task does not count",
               tests::LooksLike{2, "cancels-what-is-done"});
  EXPECT_STORY(told.story, outcome(task), "done",
               "a task that takes all requests back ends as it likes");
}

TEST(Step6_Cancel, WhoeverCancelsAFailedTaskKnowsIt) {
  Told told;
  told.report_exceptions();
  {
    const auto task = told.start("A", throws("boom"));
    told.iterate();
    EXPECT_STORY(told.story, told.cancel(task), false, "a task that is done cannot be cancelled");
    told.story.step("the handle goes");
  }
  EXPECT_STORY(told.story, told.story.order(), "",
               "cancel() says no because the task is done, so its failure counts as seen");
}

TEST(Step6_Cancel, ARequestCanBeTakenBack) {  // CANCEL-09
  Told told;
  const auto task = told.start("A", stubborn(told, 1));
  told.iterate();
  told.cancel(task);
  told.cancel(task);
  EXPECT_STORY(told.story, task.uncancel(), 1, "two requests, one of them taken back");
  EXPECT_STORY(told.story, task.uncancel(), 0, "both requests are taken back");
  EXPECT_STORY(told.story, task.uncancel(), 0, "the count does not go below zero",
               Seen{-1, "uncancel-below-zero"});
  told.finish();
  EXPECT_STORY(told.story, task.uncancel(), 0,
               "there is nothing to take back, and the count stays at 0");
  EXPECT_STORY(told.story, outcome(task), "done",
               "a request that was taken back is thrown all the same");
}

TEST(Step6_Cancel, AFinishedTaskStaysAsItEnded) {  // CANCEL-09
  Told told;
  const auto task = told.start("A", sleeps(told, "A", 1s));
  told.iterate();
  told.cancel(task);
  told.finish();
  EXPECT_STORY(told.story, task.uncancel(), 0, "nobody has asked, so the count is 0");
  EXPECT_STORY(told.story, outcome(task), "cancelled", "uncancel() does not change the past");
}

TEST(Step6_Cancel, TakingBackWithdrawsWhatWasNoted) {  // CANCEL-10
  Told told;
  const auto task = told.start("A", says(told, "A"));
  told.cancel(task);
  EXPECT_STORY(told.story, task.uncancel(), 0, "one request, which is taken back");
  EXPECT_STORY(told.story, told.finish(), "A", "nobody asks any more: the task may start");
  EXPECT_STORY(told.story, outcome(task), "done",
               "what was noted is withdrawn with the last request");
}

TEST(Step6_Cancel, OneOfTwoRequestsSurvives) {  // CANCEL-10
  Told told;
  const auto task = told.start("A", says(told, "A"));
  told.cancel(task);
  told.cancel(task);
  EXPECT_STORY(told.story, task.uncancel(), 1, "two requests, one of them taken back");
  EXPECT_STORY(told.story, told.finish(), "", "somebody still asks");
  EXPECT_STORY(told.story, outcome(task), "cancelled", "one request is left, and is thrown");
}

TEST(Step6_Cancel, WhatWasPassedOnIsNotUndone) {  // CANCEL-10
  Told told;
  const auto task = told.start("A", stubborn(told, 1));
  told.iterate();
  told.cancel(task);
  EXPECT_STORY(told.story, task.uncancel(), 0, "one request, which is taken back");
  EXPECT_STORY(told.story, told.finish(), "caught1", "the sleep has been cancelled already");
}

TEST(Step6_Cancel, ATaskMaySwallowIt) {  // CANCEL-11
  Told told;
  const auto task = told.start("A", stubborn(told, 1));
  told.iterate();
  told.cancel(task);
  told.finish();
  EXPECT_STORY(told.story, outcome(task), "done", "a task that returns is not cancelled");
  EXPECT_STORY(told.story, task.result(), 7,
               "the task has caught the request, and returned a value");
  EXPECT_STORY(told.story, task.cancelling(), 1,
               "a request that was caught still counts, until uncancel()");
}

TEST(Step6_Cancel, ATaskMayAnswerWithAnotherError) {           // CANCEL-12
  aio::Sleep first = aio::sleep(1s), second = aio::sleep(1s);  // their timers may be left behind
  Told told;
  told.report_exceptions();
  struct Body {
    static Coro<> fails(aio::Sleep& nap) {
      try {
        co_await nap;
      } catch (const CancelledError&) {
        throw std::runtime_error("no time for that");
      }
    }
  };
  {
    const auto task = told.start("A", Body::fails(first));
    told.iterate();
    told.cancel(task);
    told.finish();
    EXPECT_STORY(told.story, outcome(task), "no time for that", "the task failed");
  }
  {
    const auto task = told.start("B", Body::fails(second));
    told.iterate();
    told.cancel(task);
    told.finish();
  }
  EXPECT_STORY(told.story, told.story.order(), "reported(no time for that)",
               "whoever cancels a task has not asked for its exception",
               tests::LooksLike{"", "cancel-hides-the-failure"});
}

TEST(Step6_Cancel, ATaskMayCancelItself) {  // CANCEL-14
  Told told;
  struct Body {
    static Coro<> stop(Told& told, Future<> ready) {
      aio::current_task().cancel();
      co_await ready;
      co_await says(told, "awaits");
      try {
        co_await aio::sleep(1h);
        told.story.ran("slept");
      } catch (const CancelledError&) {
        told.story.ran("cancelled");
        throw;
      }
    }
  };
  const Future<> ready(told.loop);
  ready.set_result();
  const auto task = told.start("A", Body::stop(told, ready));
  EXPECT_STORY(told.story, told.iterate(), "awaits",
               "what does not suspend is not interrupted; what does throws in the next iteration");
  EXPECT_STORY(told.story, told.iterate(), "awaits cancelled",
               "park() of 7.3 passes on what was noted",
               tests::LooksLike{"awaits", "noted-but-not-passed-on"});
  EXPECT_STORY(told.story, outcome(task), "cancelled",
               "what was noted is thrown where the task next waits");
  EXPECT_STORY(told.story, told.clock.now(), at(0ms), "the wait should have ended at once");
}

TEST(Step6_Cancel, WhatWasPassedOnIsNotedNoMore) {
  Told told;
  struct Body {
    static Coro<int> ask(Task<int> inner) {
      aio::current_task().cancel();
      co_return co_await inner;
    }
  };
  const auto inner = told.start("B", stubborn(told, 1));
  const auto outer = told.start("A", Body::ask(inner));
  told.finish();
  EXPECT_STORY(told.story, outcome(outer), "done",
               "B took A's request, and answered with a result: park() of 7.3 uses the note up",
               tests::LooksLike{"cancelled", "noted-and-passed-on"});
}

TEST(Step6_Cancel, ATaskThatCancelsItselfAndYields) {  // CANCEL-14
  Told told;
  struct Body {
    static Coro<> stop(Told& told) {
      aio::current_task().cancel();
      co_await aio::sleep(0s);
      told.story.ran("A");
    }
  };
  const auto task = told.start("A", Body::stop(told));
  told.finish();
  EXPECT_STORY(told.story, outcome(task), "cancelled", "a yield is a suspension, too");
}

TEST(Step6_Cancel, AReadyTaskIsCancelledAtItsNextStep) {  // CANCEL-02
  Told told;
  struct Body {
    static Coro<> yields(Told& told) {
      told.story.ran("A1");
      co_await aio::sleep(0s);
      told.story.ran("A2");
    }
  };
  const auto task = told.start("A", Body::yields(told));
  told.iterate();
  told.cancel(task);
  EXPECT_STORY(told.story, told.finish(), "A1", "a task in the ready queue waits for nothing");
  EXPECT_STORY(told.story, outcome(task), "cancelled", "what was noted is thrown in the next step");
}

TEST(Step6_Cancel, ASelfCancelledTaskThatReturnsIsCancelled) {  // CANCEL-15
  Probe::Count count;
  Told told;
  struct Body {
    static Coro<Probe> value(Probe::Count& count) {
      aio::current_task().cancel();
      co_return Probe(count);
    }
    static Coro<> error() {
      aio::current_task().cancel();
      throw std::runtime_error("boom");
      co_return;
    }
  };
  const auto value = told.start("A", Body::value(count));
  const auto error = told.start("B", Body::error());
  told.finish();
  EXPECT_STORY(told.story, outcome(value), "cancelled",
               "the request is older than the result: settle() of 7.2 looks for a note",
               Seen{"done", "returns-although-cancelled"});
  EXPECT_STORY(told.story, count.alive, 0, "the result is dropped");
  EXPECT_STORY(told.story, count.destroyed, 1,
               "the value that the task returned is destroyed once");
  EXPECT_STORY(told.story, outcome(error), "boom", "an exception is not overruled");
}

TEST(Step6_Cancel, AChainEndsFromTheInside) {  // CANCEL-16 CANCEL-04
  Told told;
  struct Body {
    static Coro<> waits_for(Told& told, Task<> inner, std::string name) {
      try {
        co_await inner;
      } catch (const CancelledError&) {
        told.story.ran(name);
        throw;
      }
    }
  };
  const Future<> future(told.loop);
  const auto c = told.start("C", tells(told, future, "C"));
  const auto b = told.start("B", Body::waits_for(told, c, "B"));
  const auto a = told.start("A", Body::waits_for(told, b, "A"));
  told.iterate();
  EXPECT_STORY(told.story, told.cancel(a), true, "a waits, and will be cancelled");
  EXPECT_STORY(told.story, future.cancelled(), true, "the innermost future is cancelled first");
  EXPECT_STORY(told.story, told.finish(), "C:starts C:cancelled B A",
               "each level sees the error once, inside out");
  EXPECT_STORY(told.story, outcome(a) + outcome(b) + outcome(c), "cancelledcancelledcancelled",
               "each task of the chain ends as cancelled");
}

TEST(Step6_Cancel, AnInnerTaskMaySwallowIt) {  // CANCEL-17
  Told told;
  struct Body {
    static Coro<int> ask(Task<int> inner) { co_return co_await inner; }
  };
  const auto inner = told.start("B", stubborn(told, 1));
  const auto outer = told.start("A", Body::ask(inner));
  told.iterate();
  EXPECT_STORY(told.story, told.cancel(outer), true, "outer waits, and will be cancelled");
  EXPECT_STORY(told.story, TaskRef(outer).task().describe(), "task A, which waits for task B",
               "A waits until its next step: cancel() puts the waiter back");
  told.finish();
  ASSERT_STORY(told.story, outcome(outer), "done",
               "A's waiter has taken the request, and B has answered it: A notes only what its "
               "waiter refuses, and goes on with B's result",
               tests::LooksLike{std::string("cancelled"), "asked-and-noted"});
  EXPECT_STORY(told.story, outer.result(), 7,
               "the inner task has caught the request, and returned a value");
  EXPECT_STORY(told.story, outer.cancelling(), 1,
               "a request that the inner task has caught still counts in the outer one");
}

TEST(Step6_Cancel, ALongChainIsNotAskedOnOneStack) {
  struct Asked {
    int depth = 0, deepest = 0;
  };
  struct Passes final : aio::detail::Waiter {
    Passes(Asked& a, aio::detail::TaskBase* n) : asked(a), next(n) {}
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> leaf) {
      aio::detail::TaskBase::current("the next one").park(leaf, *this);
    }
    void await_resume() {}
    bool cancel() override {
      asked.deepest = std::max(asked.deepest, ++asked.depth);
      if (next != nullptr) next->cancel();
      --asked.depth;
      return true;
    }
    std::string what() const override { return "the next one"; }
    Asked& asked;
    aio::detail::TaskBase* next;
  };
  struct Body {
    static Coro<> wait(Asked& asked, aio::detail::TaskBase* next) { co_await Passes(asked, next); }
  };
  Asked asked;
  Told told;
  std::vector<Task<>> tasks;
  for (int i = 0; i < 2'000; ++i) {
    auto* const next = tasks.empty() ? nullptr : &TaskRef(tasks.back()).task();
    tasks.push_back(create_task_on(told.loop, Body::wait(asked, next)));
  }
  told.iterate();
  told.story.step("2,000 tasks, each of which waits for the next; cancel() of the first one");
  tasks.back().cancel();
  EXPECT_STORY(told.story, asked.deepest < 2'000, true,
               "each request is made inside the one before it, so a long chain overflows the "
               "stack: cancel() has Cascade call pass_on()",
               tests::LooksLike{false, "asks-the-whole-chain-on-one-stack"});
  EXPECT_STORY(told.story, tasks.front().cancelling(), 1, "the last one has to hear of it, too");
}

TEST(Step6_Cancel, NobodyIsAskedInCircles) {
  struct AsksBack final : aio::detail::Waiter {
    bool await_ready() const { return false; }
    void await_suspend(std::coroutine_handle<> leaf) {
      task = &aio::detail::TaskBase::current("somebody who asks back");
      task->park(leaf, *this);
    }
    void await_resume() {}
    bool cancel() override { return ++asked < 10 && task->cancel(); }
    std::string what() const override { return "somebody who asks back"; }
    aio::detail::TaskBase* task = nullptr;
    int asked = 0;
  };
  AsksBack other;
  Told told;
  struct Body {
    static Coro<> wait_for(AsksBack& other) {
      for (;;) co_await other;
    }
  };
  const auto task = told.start("A", Body::wait_for(other));
  told.iterate();
  told.story.step("cancel(A); its waiter cancels A in turn");
  EXPECT_STORY(told.story, told.cancel(task), true,
               "the task was pending, so it will be cancelled");
  EXPECT_STORY(
      told.story, other.asked, 1,
      "two tasks that wait for each other would ask each other for ever: take waiter_ away "
      "while it is asked",
      Seen{10, "asks-in-circles"});
}

TEST(Step6_Cancel, WhoeverAwaitsTheSameFutureIsCancelledToo) {  // CANCEL-18 CANCEL-19
  Told told;
  const Future<> future(told.loop);
  const auto a = told.start("A", tells(told, future, "A"));
  const auto b = told.start("B", tells(told, future, "B"));
  told.iterate();
  told.cancel(a);
  told.finish();
  EXPECT_STORY(told.story, outcome(b), "cancelled", "the future itself was cancelled");
  EXPECT_STORY(told.story, b.cancelling(), 0, "nobody asked B");
  EXPECT_STORY(told.story, a.cancelling(), 1, "A was asked, once");
}

TEST(Step6_Cancel, FutureAndTaskAtOnceIsOneError) {  // CANCEL-20
  for (const bool future_first : {true, false}) {
    Told told;
    struct Body {
      static Coro<> twice(Told& told, Future<> future) {
        try {
          co_await future;
        } catch (const CancelledError&) {
          told.story.ran("caught");
        }
        co_await aio::sleep(1s);
        told.story.ran("slept");
      }
    };
    const Future<> future(told.loop);
    const auto task = told.start("A", Body::twice(told, future));
    told.iterate();
    if (future_first) future.cancel();
    told.cancel(task);
    if (!future_first) future.cancel();
    EXPECT_STORY(told.story, told.finish(), "caught slept", "one error for both",
                 tests::LooksLike{"caught", "delivered-twice"});
  }
}

TEST(Step6_Cancel, ACancelledSleepWakesNobodyLater) {
  aio::Sleep first = aio::sleep(1h), second = aio::sleep(2h);
  Told told;
  struct Body {
    static Coro<> nap_twice(Told& told, aio::Sleep& first, aio::Sleep& second) {
      try {
        co_await first;
      } catch (const CancelledError&) {
        told.story.ran("caught");
      }
      co_await second;
      told.story.ran("slept");
    }
  };
  const auto task = told.start("A", Body::nap_twice(told, first, second));
  told.iterate();
  told.cancel(task);
  EXPECT_STORY(
      told.story, told.finish(), "caught slept",
      "the timer of the cancelled sleep is left behind: it wakes the task from another wait");
  EXPECT_STORY(told.story, told.clock.now(), at(2h),
               "the timer of a cancelled sleep is left behind: it wakes the task from another wait",
               Seen{at(1h), "cancelled-sleep-keeps-its-timer"});
}

TEST(Step6_Cancel, ACancelledSleepLeavesNoTimer) {  // SLEEP-03
  aio::Sleep nap = aio::sleep(1h);  // outlives the loop, in which its timer may be left
  Told told;
  struct Body {
    static Coro<> sleep_in(aio::Sleep& nap) { co_await nap; }
  };
  const auto a = told.start("A", Body::sleep_in(nap));
  told.start("B", sleeps(told, "B", 1s));
  told.iterate();
  told.cancel(a);
  told.finish();
  EXPECT_STORY(told.story, told.clock.now(), at(1s),
               "the timer of a cancelled sleep is left behind",
               tests::LooksLike{at(1h), "cancelled-sleep-sleeps-on"});
  EXPECT_STORY(told.story, outcome(a), "cancelled",
               "the sleep was cancelled, and the task with it");
  told.story.step("an iteration of a loop in which nothing is left");
  EXPECT_STORY(told.story, thrown_as<aio::DeadlockError>([&] { told.loop.run_once(); }), "thrown",
               "something is left: the timer of a cancelled sleep, which cancel() has to take out");
}

TEST(Step6_Cancel, AnEndlessSleepCanBeCancelled) {  // SLEEP-05
  Told told;
  const auto task = told.start("A", sleeps(told, "A", std::chrono::hours::max()));
  told.iterate();
  told.cancel(task);
  told.finish();
  EXPECT_STORY(told.story, outcome(task), "cancelled",
               "the sleep was cancelled, and the task with it");
  EXPECT_STORY(told.story, told.clock.now(), at(0ms), "the wait should have ended at once");
}

TEST(Step6_Cancel, TheFramesOfACancelledTaskGoOnce) {  // CANCEL-04
  Probe::Count count;
  Told told;
  struct Body {
    static Coro<> inner(Probe) { co_await aio::sleep(1s); }
    static Coro<> outer(Probe one, Probe two) {
      const Probe local = std::move(one);
      co_await inner(std::move(two));
    }
  };
  const auto task = told.start("A", Body::outer(Probe(count), Probe(count)));
  told.iterate();
  EXPECT_STORY(told.story, count.alive, 2, "both frames wait");
  told.cancel(task);
  told.finish();
  EXPECT_STORY(told.story, count.destroyed, 2, "CancelledError unwinds every frame");
  EXPECT_STORY(told.story, count.alive, 0, "a frame of the task is left");
}

TEST(Step6_Cancel, DestructorsMayCancelWhileTheLoopCloses) {  // LOOP-28
  std::optional<TaskRef> a, b, c;
  std::string answers;
  Told told;
  struct Guard {
    TaskRef other;
    std::string& answers;
    Guard(TaskRef task, std::string& a) : other(std::move(task)), answers(a) {}
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() {
      try {
        answers += other.cancel() ? "yes " : "no ";
      } catch (...) {
        answers += "thrown ";
      }
    }
  };
  struct Body {
    static Coro<> guards(std::optional<TaskRef>& other, std::string& answers) {
      const Guard guard(*other, answers), itself(aio::current_task(), answers);
      co_await aio::sleep(1s);
    }
    static Coro<> waits_for(Future<> future) { co_await future; }
  };
  const Future<> future(told.loop);
  a = told.start("A", Body::guards(b, answers));
  b = told.start("B", Body::guards(c, answers));
  c = told.start("C", Body::waits_for(future));
  told.iterate();
  told.story.step("close()");
  told.loop.close();
  EXPECT_STORY(told.story, a->done() && b->done() && c->done(), true,
               "a loop that is closed leaves no task pending");
  EXPECT_STORY(told.story, answers, "no no no no ",
               "the loop is closed by then: it will cancel nothing, and cancel() says so");
}

// ── 7.7 ────────────────────────────────────────────────────────────────────────────────────────

Coro<> naps(Told& told, std::string name, aio::Delay delay) {
  try {
    co_await aio::sleep(delay);
    told.story.ran(name);
  } catch (const CancelledError&) {
    told.story.ran(name + ":cancelled");
    throw;
  }
}

TEST(Step7_Run, GivesTheResult) {  // LOOP-19 RUN-01
  Told told;
  const auto* cause =
      "run_until_done() lets a StopWhenDone wait for the future; without it nothing stops the loop";
  EXPECT_STORY(told.story, told.until_complete("returns(7)", returns(7)), "7", cause);
  EXPECT_STORY(told.story, told.until_complete("says(A)", says(told, "A")), "done", cause);
  EXPECT_STORY(told.story, told.story.order(), "A", "A has not run");
  EXPECT_STORY(told.story, told.until_complete("throws(boom)", throws("boom")), "boom", cause);
  told.story.step("run(returns(8)), run(throws(boom))");
  EXPECT_STORY(told.story, tests::run_virtual(returns(8)), 8, cause);
  EXPECT_STORY(told.story, refusal([] { tests::run_virtual(throws("boom")); }), "boom",
               "what the coroutine throws is for whoever runs it");
}

TEST(Step7_Run, TheResultMayBeAnything) {  // LOOP-19
  struct Body {
    static Coro<std::unique_ptr<int>> make() { co_return std::make_unique<int>(7); }
    static Coro<int&> find(int& value) {
      co_await aio::sleep(1s);
      co_return value;
    }
    static Coro<Probe> probe(Probe::Count& count) { co_return Probe(count); }
  };
  int value = 1;
  Probe::Count count;
  Told told;
  const auto* cause = "the value of the coroutine is what run() gives, moved or as a reference";
  told.story.step("run() of coroutines that give a unique_ptr, an int&, and an object");
  EXPECT_STORY(told.story, *tests::run_virtual(Body::make()), 7, cause);
  EXPECT_STORY(told.story, &tests::run_virtual(Body::find(value)) == &value, true, cause);
  EXPECT_STORY(told.story, tests::run_virtual(Body::probe(count)).count->alive, 1, cause);
  EXPECT_STORY(told.story, count.alive, 0, "a result is left that nobody holds");
  EXPECT_STORY(told.story, count.destroyed, 1, "a result is destroyed once");
  told.story.step("run_until_complete() of the one that gives an int&");
  EXPECT_STORY(told.story, &told.loop.run_until_complete(Body::find(value)) == &value, true, cause);
}

TEST(Step7_Run, TakesFuturesAndTasks) {  // LOOP-19
  Told told;
  const Future<int> future(told.loop);
  told.loop.call_later(1s, [&] { future.set_result(7); });
  const auto* cause = "the StopWhenDone waits for the future, done or not: wait() queues it";
  EXPECT_STORY(told.story, told.until_complete("a future", future), "7", cause);
  EXPECT_STORY(told.story, told.until_complete("the same, which is done", future), "7", cause);
  const Task<int> task = told.start("A", returns(8));
  EXPECT_STORY(told.story, told.until_complete("A", task), "8", cause);
  future.cancel();
  const Future<int> cancelled(told.loop);
  cancelled.cancel();
  EXPECT_STORY(told.story, told.until_complete("a cancelled future", cancelled), "CancelledError",
               "how the future has ended is for whoever runs it");
}

TEST(Step7_Run, MakesOneMoreIteration) {  // LOOP-21
  Told told;
  struct Body {
    static Coro<> main(Told& told) {
      told.loop.call_soon([&] {
        told.story.ran("queued");
        told.says_soon("too-late");
      });
      co_return;
    }
  };
  told.story.step("run_until_complete(main); main has queued a callback, and ends");
  told.loop.run_until_complete(Body::main(told));
  EXPECT_STORY(told.story, told.story.order(), "queued",
               "the stop goes through the ready queue, as a done callback does",
               tests::LooksLike{"", "returns-before-the-callbacks"});
  EXPECT_STORY(told.story, told.loop.has_ready(), true, "the loop runs one iteration too many");
}

TEST(Step7_Run, AStopEndsItTooSoon) {  // LOOP-20
  Told told;
  struct Body {
    static Coro<> take_turns(Told& told) {
      for (int turn = 0; turn < 10; ++turn) co_await aio::sleep(0s);
      told.story.ran("A");
    }
  };
  const auto task = told.start("A", Body::take_turns(told));
  told.loop.call_soon([&] { told.loop.stop(); });
  told.story.step("run_until_complete(A); a callback calls stop()");
  EXPECT_STORY(told.story,
               thrown_as<aio::InvalidStateError>([&] { told.loop.run_until_complete(task); }),
               "thrown", "the loop was stopped before the future was done, and nobody says so");
  EXPECT_STORY(told.story, task.done(), false, "the loop was stopped before A has ended");
  EXPECT_STORY(told.story, told.until_complete("A, again", task), "done",
               "what waited for A in the first run is still there, or the stop is");
  EXPECT_STORY(told.story, told.story.order(), "A", "the task is still there, and goes on");
}

TEST(Step7_Run, AFatalErrorLeavesNoStopBehind) {  // LOOP-22
  Told told;
  const auto task = told.start("A", sleeps(told, "A", 1s));
  told.loop.call_soon([] { throw Interrupt(); });
  told.story.step("run_until_complete(A); a callback throws a FatalError");
  EXPECT_STORY(told.story, thrown_as<Interrupt>([&] { told.loop.run_until_complete(task); }),
               "thrown", "a FatalError is for whoever runs the loop");
  EXPECT_STORY(told.story, told.until_complete("B, while A ends", sleeps(told, "B", 2s)), "done",
               "what waited for A was left behind, and stops the run that waits for B");
  EXPECT_STORY(told.story, told.story.order(), "A B",
               "the end of A must not stop a run that waits for B");
}

TEST(Step7_Run, AForeignFutureIsRefused) {  // LOOP-23 TASK-16
  Told told, other;
  const Future<> future(other.loop);
  const auto task = other.start("A", says(other, "A"));
  told.story.step("run_until_complete() of a future, and of a task, of another loop");
  EXPECT_STORY(told.story,
               thrown_as<std::logic_error>([&] { told.loop.run_until_complete(future); }), "thrown",
               "another loop's future can never be done while this one runs");
  EXPECT_STORY(told.story, thrown_as<std::logic_error>([&] { told.loop.run_until_complete(task); }),
               "thrown", "another loop's task can never be done while this one runs");
  EXPECT_STORY(told.story, told.until_complete("returns(7)", returns(7)), "7",
               "the loop works on after a call that was refused");
}

TEST(Step7_Run, ALoopThatCannotRunTakesNothing) {  // LOOP-24 LOOP-27 RUN-06
  Told told, other;
  Probe::Count count;
  const char* const cause = "a thread runs one loop, and only when nothing runs in it already";
  const auto run = [&count](EventLoop& loop) {
    return thrown_as<std::logic_error>([&] { loop.run_until_complete(holds(Probe(count))); });
  };
  told.story.step("two loops are asked to run a coroutine, from inside a loop that runs");
  told.loop.call_soon([&] {
    EXPECT_STORY(told.story, run(told.loop), "thrown", cause);
    EXPECT_STORY(told.story, run(other.loop), "thrown", cause);
    EXPECT_STORY(told.story, &aio::running_loop() == &told.loop, true,
                 "a loop that was refused counts as the one that runs");
  });
  told.loop.run_once();
  EXPECT_STORY(told.story, count.destroyed, 2, "a coroutine that was refused must be released");
  EXPECT_STORY(told.story, aio::all_tasks(other.loop).size(), 0U,
               "a loop that refuses to run has taken a task");
  told.story.step("close(), run_until_complete(A)");
  told.loop.close();
  EXPECT_STORY(told.story, run(told.loop), "thrown", "a closed loop runs nothing");
  EXPECT_STORY(told.story, count.destroyed, 3, "a coroutine that was refused must be released");
}

TEST(Step7_Run, CleansUpWhatIsLeftOver) {  // RUN-02
  Told told;                               // for its story only
  struct Body {
    static Coro<int> main(Told& told) {
      aio::create_task(naps(told, "A", 1h));
      aio::create_task(naps(told, "B", 1h));
      co_await aio::sleep(1s);
      aio::create_task(naps(told, "late", 1h));
      told.story.ran("main");
      co_return 7;
    }
  };
  told.story.step("run(main)");
  EXPECT_STORY(told.story, tests::run_virtual(Body::main(told), told.clock), 7,
               "cleaning up has changed what main gives");
  EXPECT_STORY(told.story, told.story.order(), "main A:cancelled B:cancelled late:cancelled",
               "what is still there when main ends must be cancelled and waited for",
               tests::LooksLike{"main", "leaves-tasks-behind"});
  EXPECT_STORY(told.story, told.clock.now(), at(1s),
               "main ends after 1 s, and what is left over ends at once");
}

TEST(Step7_Run, WaitsForWhatCleansUpSlowly) {  // RUN-02
  Told told;
  struct Body {
    static Coro<> slow(Told& told) {
      try {
        co_await aio::sleep(1h);
      } catch (const CancelledError&) {
      }
      co_await aio::sleep(5s);
      told.story.ran("cleaned");
    }
    static Coro<> main(Told& told) {
      aio::create_task(slow(told));
      co_await aio::sleep(1s);
      throw std::runtime_error("boom");
    }
  };
  told.story.step("run(main), which throws");
  EXPECT_STORY(told.story, refusal([&] { tests::run_virtual(Body::main(told), told.clock); }),
               "boom", "what main throws is for whoever runs it");
  EXPECT_STORY(told.story, told.story.order(), "cleaned",
               "cancelling is not enough: a task that cleans up takes its time",
               tests::LooksLike{"", "cancels-and-does-not-wait"});
  EXPECT_STORY(told.story, told.clock.now(), at(6s), "main's exception does not change that");
}

TEST(Step7_Run, AsksAllBeforeItWaits) {
  Told told;
  struct Body {
    static Coro<> slow(Told& told, std::string name) {
      try {
        co_await aio::sleep(1h);
      } catch (const CancelledError&) {
        told.story.ran(name + " hears");
      }
      co_await aio::sleep(5s);
      told.story.ran(name + " ends");
    }
    static Coro<> main(Told& told) {
      aio::create_task(slow(told, "A"));
      aio::create_task(slow(told, "B"));
      co_await aio::sleep(1s);
    }
  };
  tests::run_virtual(Body::main(told), told.clock);
  EXPECT_STORY(told.story, told.story.order(), "A hears B hears A ends B ends",
               "they can clean up side by side: ask all, then wait for all",
               Seen{"A hears A ends B hears B ends", "asks-one-after-the-other"});
}

TEST(Step7_Run, ReportsFailuresOfWhatIsLeftOver) {  // RUN-03
  Told told;
  struct Body {
    static Coro<> fails() {
      try {
        co_await aio::sleep(1h);
      } catch (const CancelledError&) {
        throw std::runtime_error("boom");
      }
    }
    static Coro<> main(Told& told, std::vector<Task<>>& handles) {
      aio::running_loop().set_exception_handler([&](const aio::ExceptionContext& context) {
        told.story.ran("reported(" + aio::message_of(context.exception) + ")");
      });
      handles.push_back(aio::create_task(fails()));
      aio::create_task(fails());
      aio::create_task(naps(told, "A", 1h));
      co_await aio::sleep(1s);
    }
  };
  std::vector<Task<>> handles;
  tests::run_virtual(Body::main(told, handles), told.clock);
  handles.clear();
  EXPECT_STORY(told.story, told.story.order(), "A:cancelled reported(boom) reported(boom)",
               "report_failure() looks at each of them, also when somebody holds its handle; a "
               "cancelled task has not failed");
}

TEST(Step7_Run, WhatIsLeftOverSeesOnlyItself) {  // TASK-10 RUN-02
  Told told;
  std::size_t listed = 0;
  struct Body {
    static Coro<> looks(std::size_t& listed) {
      try {
        co_await aio::sleep(1h);
      } catch (const CancelledError&) {
        listed = aio::all_tasks().size();
      }
    }
    static Coro<> main(std::size_t& listed) {
      aio::create_task(looks(listed));
      co_await aio::sleep(1s);
    }
  };
  told.story.step("run(main); a task is left over, and asks all_tasks() when it is cancelled");
  tests::run_virtual(Body::main(listed));
  EXPECT_STORY(told.story, listed, 1U, "cleaning up makes a task that others can see, and cancel");
}

TEST(Step7_Run, IsRefusedInsideALoop) {  // RUN-06
  Probe::Count count;
  struct Body {
    static Coro<int> main(tests::Story& story, Probe::Count& count) {
      EXPECT_STORY(story, thrown_as<std::logic_error>([&] { aio::run(holds(Probe(count))); }),
                   "thrown", "a second loop would stop the first one for as long as it runs");
      co_return 7;
    }
  };
  tests::Story story;
  story.step("run(main), which calls run(A)");
  EXPECT_STORY(story, tests::run_virtual(Body::main(story, count)), 7,
               "the outer run() has been spoilt");
  EXPECT_STORY(story, count.destroyed, 1, "a coroutine that was refused must be released, once");
}

TEST(Step7_Run, ARunnerKeepsItsLoop) {  // RUN-07
  Told told;
  aio::Runner runner(tests::options(told.clock));
  struct Body {
    static Coro<> starts(Told& told) {
      aio::create_task(naps(told, "A", 3s));
      co_await aio::sleep(1s);
    }
  };
  runner.run(Body::starts(told));
  EXPECT_STORY(told.story, aio::all_tasks(runner.loop()).size(), 1U,
               "between two runs a Runner keeps its loop, and the tasks on it");
  told.story.step("the clock advances by 1 h between two runs");
  told.clock.advance(1h);
  EXPECT_STORY(told.story, told.story.order(), "", "the loop ran between two runs");
  runner.run(sleeps(told, "B", 1s));
  EXPECT_STORY(told.story, told.story.order(), "A B", "a task survives between two runs");
}

TEST(Step7_Run, AClosedRunnerRefuses) {  // RUN-08
  Told told;
  aio::Runner runner(tests::options(told.clock));
  runner.run(says(told, "A"));
  runner.close();
  runner.close();
  EXPECT_STORY(told.story, runner.loop().is_closed(), true, "close() closes the loop");
  Probe::Count count;
  told.story.step("a runner is closed, and is asked to run once more");
  EXPECT_STORY(told.story, refusal([&] { runner.run(holds(Probe(count))); }),
               "run: the event loop is closed", "close() does not close the loop");
  EXPECT_STORY(told.story, count.destroyed, 1, "a coroutine that was refused must be released");
}

TEST(Step7_Run, ClosesTheLoopWhateverHappens) {  // RUN-01 RUN-02
  Told told;
  Probe::Count count;
  aio::Runner runner(tests::options(told.clock));
  struct Body {
    static Coro<> interrupts() {
      try {
        co_await aio::sleep(1h);
      } catch (const CancelledError&) {
        throw Interrupt();
      }
    }
    static Coro<> main(Told& told, Probe probe) {
      aio::create_task(interrupts());
      aio::create_task(stubborn_with(told, std::move(probe)));
      co_await aio::sleep(1s);
    }
    static Coro<> stubborn_with(Told& told, Probe) { co_await stubborn(told, 2); }
  };
  runner.run(Body::main(told, Probe(count)));
  told.story.step("Runner::close(), and a task answers with a FatalError");
  EXPECT_STORY(told.story, thrown_as<Interrupt>([&] { runner.close(); }), "thrown",
               "a fatal error is for whoever calls close()");
  ASSERT_STORY(told.story, runner.loop().is_closed(), true,
               "an exception left close() before it had closed the loop: see CloseAtLast",
               Seen{false, "left-open-by-an-exception"});
  EXPECT_STORY(told.story, count.alive, 0, "a closed loop has evicted every task that was left");
  EXPECT_STORY(told.story, count.destroyed, 1, "the frame of such a task is destroyed once");
}

TEST(Step7_Run, AStopWhileItClosesIsNoEnd) {  // RUN-02 LOOP-20
  Told told;
  aio::Runner runner(tests::options(told.clock));
  struct Body {
    static Coro<> stops_the_loop() {
      try {
        co_await aio::sleep(1h);
      } catch (const CancelledError&) {
        aio::running_loop().stop();
      }
      co_await aio::sleep(1h);
    }
    static Coro<> main() {
      aio::create_task(stops_the_loop());
      co_await aio::sleep(1s);
    }
  };
  runner.run(Body::main());
  told.story.step("Runner::close(); a task answers with stop(), and goes on");
  EXPECT_STORY(told.story, thrown_as<aio::InvalidStateError>([&] { runner.close(); }), "thrown",
               "run_until_done() returns although its future is pending: it has to look, and throw",
               tests::LooksLike{std::string("nothing was thrown"), "stopped-and-nobody-says-so"});
}

TEST(Step7_Run, EndsTheServicesOfTheLoop) {
  struct Clerk final : aio::Service {
    explicit Clerk(EventLoop&) {}
    Coro<> end() override {
      co_await aio::sleep(1s);
      told->story.ran("the clerk goes home");
    }
    std::string describe() const override { return "a clerk"; }
    Told* told = nullptr;
  };
  Told told;
  aio::Runner runner(tests::options(told.clock));
  runner.loop().attachment<Clerk>().told = &told;
  runner.run(naps(told, "A", 1s));
  told.story.step("Runner::close()");
  runner.close();
  EXPECT_STORY(told.story, told.story.order(), "A the clerk goes home",
               "close() asks no Service among the loop's attachments to end: see end_service()",
               Seen{"A", "services-cut-off"});
}

TEST(Step7_Run, ARunnerIsNotClosedWhileALoopRuns) {  // RUN-08
  Told told;
  aio::Runner runner(tests::options(told.clock));
  struct Body {
    static Coro<> main(Told& told, aio::Runner& runner) {
      told.story.step("Runner::close(), in the middle of a task of its loop");
      EXPECT_STORY(told.story, thrown_as<std::logic_error>([&] { runner.close(); }), "thrown",
                   "close() has to wait for tasks, so it calls check_nothing_runs() first");
      EXPECT_STORY(told.story, runner.loop().is_closed(), false,
                   "what was refused has closed the loop all the same");
      EXPECT_STORY(told.story, aio::current_task().cancelling(), 0,
                   "what was refused has asked tasks to stop all the same");
      co_return;
    }
  };
  runner.run(Body::main(told, runner));
}

TEST(Step7_Run, ADeadlockLeavesItAndCleansUp) {
  Told told;
  struct Body {
    static Coro<> main(Told& told) { co_await tells(told, Future<>(), "main"); }
  };
  told.story.step("run(main); main waits for a future that nobody completes");
  EXPECT_STORY(told.story, thrown_as<aio::DeadlockError>([&] {
                 tests::run_virtual(Body::main(told), told.clock);
               }),
               "thrown", "a deadlock is for whoever called run()");
  EXPECT_STORY(told.story, told.story.order(), "main:starts main:cancelled",
               "the task that waited in vain is cancelled");
}

// ── Ctrl-C: raise() calls the handler before it returns; the loop hears of it in its next poll ──

Coro<> sleeps_long(Told& told, std::string name) {
  try {
    co_await aio::sleep(1h);
  } catch (const CancelledError&) {
    told.story.ran(name + " is cancelled");
    throw;
  }
}

Coro<> sleeps_after(Told& told, int interrupts) {
  for (; interrupts > 0; --interrupts) ::raise(SIGINT);
  co_await sleeps_long(told, "main");
}

template <class Main>
void expect_interrupt(Told& told, Main main) {
  EXPECT_THROW(tests::run_virtual(std::move(main), told.clock), aio::KeyboardInterrupt);
  struct sigaction now {};
  ::sigaction(SIGINT, nullptr, &now);
  EXPECT_TRUE(now.sa_handler == SIG_DFL) << "the handler stays when run() has returned";
}

TEST(Run_Interrupt, CancelsTheMainTask) {  // RUN-09
  Told told;
  expect_interrupt(told, sleeps_after(told, 1));
  EXPECT_STORY(told.story, told.story.order(), "main is cancelled",
               "the first SIGINT cancels the main task");
  EXPECT_EQ(told.clock.now(), aio::Clock::time_point()) << "it waits for the sleep";
}

TEST(Run_Interrupt, EndsTheOthersToo) {  // RUN-09 RUN-02
  Told told;
  struct Body {
    static Coro<> main(Told& told) {
      const Task<> other = aio::create_task(sleeps_long(told, "other"));
      co_await aio::sleep(1s);
      co_await sleeps_after(told, 1);
    }
  };
  expect_interrupt(told, Body::main(told));
  EXPECT_STORY(told.story, told.story.order(), "main is cancelled other is cancelled",
               "run() cleans up");
}

TEST(Run_Interrupt, IsHeardByABusyLoop) {  // RUN-09
  Told told;
  struct Body {
    static Coro<> main() {
      ::raise(SIGINT);
      for (int turns = 0; turns < 100; ++turns) co_await aio::sleep(0s);
      ADD_FAILURE() << "nobody looks while something is ready";
    }
  };
  expect_interrupt(told, Body::main());
}

TEST(Run_Interrupt, WakesALoopThatSleeps) {  // RUN-09
  struct Body {
    static Coro<> main() {
      const std::jthread elsewhere([] { ::kill(::getpid(), SIGINT); });
      co_await aio::sleep(1h);
    }
  };
  EXPECT_THROW(aio::run(Body::main()), aio::KeyboardInterrupt);
}

TEST(Run_Interrupt, MayBeSwallowed) {  // RUN-10
  Told told;
  struct Body {
    static Coro<int> main(Told& told, bool fails) {
      try {
        co_await sleeps_after(told, 1);
      } catch (const CancelledError&) {
        if (fails) throw std::runtime_error("boom");
      }
      co_return 7;
    }
  };
  EXPECT_EQ(tests::run_virtual(Body::main(told, false), told.clock), 7);
  EXPECT_THROW(tests::run_virtual(Body::main(told, true), told.clock), std::runtime_error);
}

TEST(Run_Interrupt, IsNotTheReasonWhenSomebodyElseCancelsToo) {  // RUN-11
  Told told;
  struct Body {
    static Coro<> main(Told& told) {
      aio::current_task().cancel();
      co_await sleeps_after(told, 1);
    }
  };
  EXPECT_THROW(tests::run_virtual(Body::main(told), told.clock), CancelledError);
}

TEST(Run_Interrupt, TheSecondOneDoesNotWait) {  // RUN-12
  Told told;
  struct Body {
    static Coro<> main(Told& told) {
      try {
        co_await sleeps_after(told, 1);
      } catch (const CancelledError&) {
        told.story.ran("cleans up");
      }
      ::raise(SIGINT);
      co_await sleeps_long(told, "cleaning");
    }
  };
  expect_interrupt(told, Body::main(told));
  EXPECT_STORY(told.story, told.story.order(), "main is cancelled cleans up cleaning is cancelled",
               "the second SIGINT leaves run() at once, which cancels what is left");
  EXPECT_EQ(told.clock.now(), aio::Clock::time_point());
}

TEST(Run_Interrupt, IsForTheMainThreadAlone) {  // RUN-09
  struct Body {
    static Coro<> main() {
      struct sigaction now {};
      ::sigaction(SIGINT, nullptr, &now);
      EXPECT_TRUE(now.sa_handler == SIG_DFL);
      co_return;
    }
  };
  std::thread([] { aio::run(Body::main()); }).join();
}

TEST(Run_Interrupt, LeavesAHandlerOfYoursAlone) {  // RUN-09
  static int calls = 0;
  Told told;
  struct Body {
    static Coro<> main() {
      ::raise(SIGINT);
      co_await aio::sleep(1s);
    }
  };
  const auto former = ::signal(SIGINT, [](int) { ++calls; });
  EXPECT_NO_THROW(tests::run_virtual(Body::main(), told.clock));
  ::signal(SIGINT, former);
  EXPECT_EQ(calls, 1);
}

using Run_InterruptDeathTest = ::testing::Test;

TEST_F(Run_InterruptDeathTest, TheThirdOneEndsTheProcess) {
  Told told;
  EXPECT_EXIT(tests::run_virtual(sleeps_after(told, 3), told.clock),
              testing::KilledBySignal(SIGINT), "");
}

TEST_F(Run_InterruptDeathTest, UncaughtItEndsTheProcessInTheUsualWay) {
  struct Body {
    static Coro<> main() {
      co_await aio::sleep(0s);
      throw aio::KeyboardInterrupt();
    }
  };
  const auto on_a_stack_without_handlers = [] {
    std::thread([] { aio::run(Body::main()); }).join();
  };
  EXPECT_EXIT(on_a_stack_without_handlers(), testing::KilledBySignal(SIGINT), "");
}

// ── tasks that wait for each other ──

/// Tasks in a circle: each waits for the next one, and the last one for the first.
struct Circle {
  static Coro<> wait_for(const Circle& circle, std::size_t next) {
    co_await circle.tasks[next % circle.tasks.size()];
  }
  void begin(std::size_t size) {
    tasks.resize(size);
    for (std::size_t i = 0; i < size; ++i) tasks[i] = aio::create_task(wait_for(*this, i + 1));
  }
  bool all_cancelled() const { return std::ranges::all_of(tasks, &Task<>::cancelled); }
  std::vector<Task<>> tasks;
};

TEST(Task_Misuse, TasksThatWaitForEachOtherEndWhenOneIsAsked) {
  static constexpr std::array<std::size_t, 4> sizes{2, 3, 499, 2000};  // also beyond one cascade
  struct Body {
    static Coro<> main(std::size_t size) {
      Circle circle;
      circle.begin(size);
      co_await aio::sleep(1s);
      EXPECT_TRUE(circle.tasks[size / 2].cancel());
      EXPECT_FALSE(circle.tasks[size / 2].done());
      co_await aio::sleep(1s);
      EXPECT_TRUE(circle.all_cancelled()) << size;
    }
    /// A long way to the circle, so that the cascade has put it off when it comes to it.
    static Coro<> far_away() {
      Circle circle;
      circle.begin(2);
      std::vector<Task<>> way{circle.tasks[0]};
      for (int i = 0; i < 700; ++i) way.push_back(aio::create_task(join(way.back())));
      co_await aio::sleep(1s);
      way.back().cancel();
      co_await aio::sleep(1s);
      EXPECT_TRUE(circle.all_cancelled());
      EXPECT_TRUE(way.back().cancelled());
    }
    static Coro<> join(Task<> task) { co_await task; }
  };
  for (const std::size_t size : sizes) tests::run_virtual(Body::main(size));
  tests::run_virtual(Body::far_away());
}

TEST(Task_Misuse, TasksThatWaitForEachOtherDoNotKeepRunFromItsEnd) {
  Circle circle;
  struct Body {
    static Coro<> main(Circle& circle) {
      circle.begin(3);
      co_await aio::sleep(1s);
    }
  };
  tests::run_virtual(Body::main(circle));
  EXPECT_TRUE(circle.all_cancelled());
}

TEST(Task_Misuse, TasksThatWaitForEachOtherEndInADeadlock) {
  struct Body {
    static Coro<> waits_for(const std::optional<Task<>>& other) { co_await *other; }
    static Coro<> main() {
      std::optional<Task<>> a, b;
      a = aio::create_task(waits_for(b));
      b = aio::create_task(waits_for(a));
      co_await *a;
    }
  };
  const std::string message = refusal([] { tests::run_virtual(Body::main()); });
  EXPECT_TRUE(message.starts_with("deadlock")) << message;
}

// ── whatever can be awaited ──

/// An awaitable of somebody else's.
struct Later {
  std::chrono::seconds delay;
  auto operator co_await() const { return aio::sleep(delay); }
};

TEST(Task_Awaitables, ATaskCanBeMadeOfAny) {  // TASK-16
  Told told;
  struct Body {
    static Coro<> main() {
      const Task<> later = aio::create_task(Later{2s}, "later");
      EXPECT_EQ(later.name(), "later");
      const Task<int> value = aio::create_task(aio::sleep(1s, 7));
      co_await later;
      EXPECT_EQ(value.result(), 7);
    }
  };
  tests::run_virtual(Body::main(), told.clock);
  EXPECT_EQ(told.clock.now(), at(2s));
}

TEST(Task_Awaitables, EnsureFutureLeavesFuturesAlone) {  // TASK-16
  Told told, other;
  const Future<int> future(told.loop);
  EXPECT_TRUE(aio::ensure_future(future, told.loop) == future);
  const Task<int> task = told.start("A", returns(7));
  EXPECT_TRUE(aio::ensure_future(task, told.loop) == task);
  const Task<int> made = aio::ensure_future(returns(8), told.loop);
  const Task<> adapted = aio::ensure_future(Later{1s}, told.loop);
  EXPECT_EQ(aio::all_tasks(told.loop).size(), 3);
  EXPECT_THROW(aio::ensure_future(future, other.loop), std::logic_error);
  EXPECT_THROW(aio::ensure_future(task, other.loop), std::logic_error);
  told.finish();
  EXPECT_EQ(made.result(), 8);
  EXPECT_TRUE(adapted.done());
}

TEST(Task_Names, AnEmptyNameIsNone) {  // TASK-11
  struct Body {
    static Coro<> main() {
      EXPECT_TRUE(aio::create_task(returns(1), "").name().starts_with("Task-"));
      EXPECT_EQ(aio::create_task(returns(1), "fetch").name(), "fetch");
      EXPECT_EQ(aio::running_loop().create_task(returns(1), "save").name(), "save");
      co_return;
    }
  };
  tests::run_virtual(Body::main());
}

// ── what must not depend on order ──────────────────────────────────────────────────────────────

TEST(Seeded_Tasks, EverythingIsDoneOnce) {  // TASK-02 RUN-02
  Probe::Count count;
  struct Body {
    static Coro<int> leaf(int i, Probe) {
      co_await aio::sleep(std::chrono::milliseconds(i % 7));
      co_return i;
    }
    static Coro<int> branch(int i, Probe::Count& count) {
      const Task<int> left = aio::create_task(leaf(i, Probe(count)));
      const Task<int> right = aio::create_task(leaf(i + 1, Probe(count)));
      const int a = co_await left;
      const int b = co_await right;
      co_return a + b;
    }
    static Coro<int> main(Probe::Count& count) {
      std::vector<Task<int>> branches;
      for (int i = 0; i < 100; ++i) branches.push_back(aio::create_task(branch(i, count)));
      int sum = 0;
      for (const Task<int>& branch : branches) {
        const int part = co_await branch;
        sum += part;
      }
      co_return sum;
    }
  };
  EXPECT_EQ(tests::run_virtual(Body::main(count)), 10'000);
  EXPECT_EQ(count.alive, 0);
  EXPECT_EQ(count.destroyed, 200);
}

TEST(Seeded_Tasks, CancelAndCompletionInOneIteration) {  // CANCEL-05 CANCEL-20
  struct Body {
    static Coro<> waits(Future<> future, int& caught, int& went_on) {
      try {
        co_await future;
        ++went_on;
      } catch (const CancelledError&) {
        ++caught;
      }
      co_await aio::sleep(1s);  // a second error would end it here
    }
    static Coro<> main(int& caught, int& went_on) {
      std::vector<Future<>> futures(50);
      std::vector<Task<>> tasks;
      for (const Future<>& future : futures) {
        tasks.push_back(aio::create_task(waits(future, caught, went_on)));
      }
      co_await aio::sleep(1s);
      for (std::size_t i = 0; i < futures.size(); ++i) {
        aio::running_loop().call_soon([future = futures[i]] { (void)future.cancel(); });
        aio::running_loop().call_soon([task = tasks[i]] { (void)task.cancel(); });
      }
      for (const Task<>& task : tasks) co_await task;
    }
  };
  int caught = 0, went_on = 0;
  tests::run_virtual(Body::main(caught, went_on));
  EXPECT_EQ(caught, 50);
  EXPECT_EQ(went_on, 0);
}

TEST(Seeded_Tasks, AbandonedFramesGoOnce) {  // LOOP-28
  Probe::Count count;
  struct Body {
    static Coro<> waits(Probe, Task<> other) { co_await other; }
    static Coro<> naps(Probe) { co_await aio::sleep(1s); }
  };
  {
    Told told;
    Task<> last = told.start("0", Body::naps(Probe(count)));
    for (int i = 1; i < 50; ++i) {
      last = told.start(std::to_string(i), Body::waits(Probe(count), last));
      if (i % 3 == 0) told.iterate();
    }
  }
  EXPECT_EQ(count.alive, 0);
  EXPECT_EQ(count.destroyed, 50);
}

// ── what it costs ──────────────────────────────────────────────────────────────────────────────

TEST(Task_Cost, AWarmProgramAllocatesNothing) {
  if (!tests::AllocationCount::works()) GTEST_SKIP();
  struct Body {
    static Coro<int> child(int i) {
      co_await aio::sleep(0s);
      co_return i;
    }
    static Coro<std::size_t> main() {
      const auto spawn_and_join = []() -> Coro<> {
        for (int i = 0; i < 100; ++i) co_await aio::create_task(child(i));
      };
      co_await spawn_and_join();
      const tests::AllocationCount count;
      co_await spawn_and_join();
      co_return count.made();
    }
  };
  EXPECT_EQ(tests::run_virtual(Body::main()), 0U)
      << "Likely cause: something of a task, a step or a wait does not come from the pool";
}

}  // namespace
