// Lesson 07: tasks. Creating, one step, parking, awaiting futures, sleeping, cancelling, run().

#include <chrono>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/task.hpp>

#include "support/allocations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/virtual_loop.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Clock, aio::Coro, aio::create_task_on, aio::EventLoop, aio::Future;
using aio::Task, aio::TaskRef;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::task);

constexpr Clock::time_point at(Clock::duration since_start) {
  return Clock::time_point(since_start);
}

// ── what the tests are told with ───────────────────────────────────────────────────────────────

/// Counts how often it was made and destroyed. Lives in frames, results and parameters.
struct Probe {
  struct Count {
    int alive = 0, destroyed = 0;
  };
  explicit Probe(Count& c) : count(&c) { ++count->alive; }
  Probe(Probe&& other) noexcept : count(std::exchange(other.count, nullptr)) {}
  Probe& operator=(Probe&& other) noexcept {
    std::swap(count, other.count);
    return *this;
  }
  ~Probe() {
    if (count != nullptr) --count->alive, ++count->destroyed;
  }
  Count* count;
};

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
  /// Iterations until no task is left. Ends a test that would never end.
  const std::string& finish() {
    story.step("iterations until every task has finished");
    for (int i = 0; i < 10'000 && !aio::all_tasks(loop).empty(); ++i) loop.run_once();
    if (!aio::all_tasks(loop).empty()) ADD_FAILURE() << "the tasks never finish\n" << story.text();
    return story.order();
  }
  template <class T>
  bool cancel(const Task<T>& task) {
    const bool accepted = task.cancel();
    story.step("cancel(" + std::string(task.name()) + ") returns " +
               (accepted ? "true" : "false"));
    return accepted;
  }
  /// From here on, reports of exceptions are part of the story: "reported(boom)".
  void report_exceptions() {
    loop.set_exception_handler([this](const aio::ExceptionContext& context) {
      story.ran("reported(" + aio::message_of(context.exception) + ")");
    });
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

/// What an exception says, or that there was none.
std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (...) {
    return aio::message_of(std::current_exception());
  }
  return "nothing was thrown";
}

struct Interrupt : aio::FatalError {};

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
  EXPECT_FALSE(told.loop.has_ready());
  const auto task = told.start("A", says(told, "A"));
  EXPECT_STORY(told.story, told.loop.has_ready(), true, "the task is not in the ready queue");
  EXPECT_FALSE(task.done());
}

TEST(Step1_CreateTask, TheLoopKeepsATaskThatNobodyHolds) {  // TASK-14
  Told told;
  Probe::Count count;
  told.start("A", holds(Probe(count)));
  told.story.step("the only handle is gone");
  EXPECT_STORY(told.story, aio::all_tasks(told.loop).size(), 1U,
               "the task went with its handle; the loop needs a reference of its own",
               Seen{std::size_t{0}, "dies-with-its-handle"});
  EXPECT_STORY(told.story, count.alive, 1, "the frame of a task must live until it has finished");
}

TEST(Step1_CreateTask, TheLoopKnowsItsTasks) {  // TASK-10
  Told told;
  EXPECT_TRUE(aio::all_tasks(told.loop).empty());
  const auto a = told.start("A", says(told, "A"));
  const auto b = told.start("B", returns(1));
  const std::vector<TaskRef> expected = {a, b};
  EXPECT_STORY(told.story, aio::all_tasks(told.loop) == expected, true,
               "admit() tells the loop about a task; oldest first");
  Told other;
  EXPECT_TRUE(aio::all_tasks(other.loop).empty());
}

TEST(Step1_CreateTask, NamesAreUniqueAndIncreasing) {  // TASK-11
  Told told;
  const auto a = create_task_on(told.loop, returns(1)), b = create_task_on(told.loop, returns(2));
  const auto number = [](const Task<int>& task) {
    EXPECT_TRUE(task.name().starts_with("Task-")) << task.name();
    return std::stoi(std::string(task.name().substr(5)));
  };
  EXPECT_STORY(told.story, number(b) - number(a), 1, "each task is counted once");
  b.set_name("fetch");
  EXPECT_EQ(b.name(), "fetch");
  EXPECT_NE(a.name(), "fetch");
}

TEST(Step1_CreateTask, ClosingTheLoopDestroysTheFrameOnce) {  // LOOP-28
  Told told;
  Probe::Count count;
  const auto kept = told.start("A", holds(Probe(count)));
  told.start("B", holds(Probe(count)));
  told.story.step("close()");
  told.loop.close();
  EXPECT_STORY(told.story, count.destroyed, 2, "the loop evicts what was admitted");
  EXPECT_EQ(count.alive, 0);
  EXPECT_STORY(told.story, outcome(kept), "cancelled", "a task cannot stay pending for ever");
  EXPECT_FALSE(kept.cancel());
}

TEST(Step1_CreateTask, AClosedLoopRefuses) {  // TASK-15 LOOP-27
  Told told;
  Probe::Count count;
  told.loop.close();
  EXPECT_EQ(refusal([&] { create_task_on(told.loop, holds(Probe(count))); }),
            "create_task: the event loop is closed");
  EXPECT_EQ(count.alive, 0) << "the coroutine must be released";
  EXPECT_EQ(count.destroyed, 1);
}

TEST(Step1_CreateTask, WithoutARunningLoopItIsRefused) {  // TASK-15 LOOP-25
  Probe::Count count;
  EXPECT_THROW(aio::create_task(holds(Probe(count))), std::logic_error);
  EXPECT_EQ(count.alive, 0);
  EXPECT_THROW(aio::all_tasks(), std::logic_error);
}

TEST(Step1_CreateTask, AnEmptyCoroIsRefused) {
  Told told;
  Coro<int> coro = returns(1);
  const auto task = told.start("A", std::move(coro));
  EXPECT_THROW(create_task_on(told.loop, std::move(coro)), std::logic_error);
  EXPECT_EQ(aio::all_tasks(told.loop).size(), 1);
}

TEST(Step1_CreateTask, NobodyElseSetsItsResult) {  // TASK-06
  constexpr auto has_setters = []<class Handle>(std::type_identity<Handle>) {
    return requires(Handle handle) { handle.set_result(1); } ||
           requires(Handle handle) { handle.set_exception(std::exception_ptr()); };
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
  EXPECT_EQ(outcome(task), "pending");
  told.iterate();
  EXPECT_STORY(told.story, outcome(task), "done", "the frame is done: finish()");
  EXPECT_EQ(task.result(), 7);
  EXPECT_EQ(task.result(), 7);
}

TEST(Step2_OneStep, AResultMayBeVoid) {  // TASK-02
  Told told;
  const Task<> task = told.start("A", says(told, "A"));
  told.iterate();
  EXPECT_EQ(outcome(task), "done");
  task.result();
}

TEST(Step2_OneStep, AResultMayBeMoveOnly) {  // TASK-02
  Told told;
  struct Body {
    static Coro<std::unique_ptr<int>> make() { co_return std::make_unique<int>(7); }
  };
  Task<std::unique_ptr<int>> task = told.start("A", Body::make());
  told.iterate();
  ASSERT_EQ(outcome(task), "done");
  EXPECT_EQ(*task.result(), 7);
  const std::unique_ptr<int> taken = std::move(task).result();
  EXPECT_EQ(*taken, 7);
}

TEST(Step2_OneStep, AResultMayBeAReference) {  // TASK-02
  Told told;
  struct Body {
    static Coro<int&> find(int& value) { co_return value; }
  };
  int value = 1;
  const Task<int&> task = told.start("A", Body::find(value));
  told.iterate();
  ASSERT_EQ(outcome(task), "done");
  EXPECT_EQ(&task.result(), &value);
}

TEST(Step2_OneStep, AResultNeedsNoDefaultConstructor) {  // TASK-02
  Told told;
  Probe::Count count;
  struct Body {
    static Coro<Probe> make(Probe::Count& c) { co_return Probe(c); }
  };
  {
    const Task<Probe> task = told.start("A", Body::make(count));
    told.iterate();
    ASSERT_EQ(outcome(task), "done");
    EXPECT_EQ(count.alive, 1);
  }
  EXPECT_EQ(count.alive, 0);
  EXPECT_EQ(count.destroyed, 1);
}

TEST(Step2_OneStep, AnExceptionIsItsOutcome) {  // TASK-02
  Told told;
  const Task<> task = told.start("A", throws("boom"));
  told.says_soon("B");
  EXPECT_STORY(told.story, told.iterate(), "B", "the others still run");
  EXPECT_STORY(told.story, outcome(task), "boom", "what the coroutine threw is the task's");
  EXPECT_THROW(task.result(), std::runtime_error);
  EXPECT_THROW(task.result(), std::runtime_error);
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
  try {
    task.result();
    ADD_FAILURE() << "nothing was thrown";
  } catch (int seven) {
    EXPECT_EQ(seven, 7);
  }
}

TEST(Step2_OneStep, CallbacksComeAnIterationLater) {  // TASK-04 TASK-06
  Told told;
  const auto task = told.start("A", says(told, "A"));
  told.story.step("A.add_done_callback(D)");
  task.add_done_callback([&](Task<>& done) {
    EXPECT_TRUE(done.done());
    told.story.ran("D");
  });
  EXPECT_STORY(told.story, told.iterate(), "A", "a done callback goes through the ready queue");
  EXPECT_TRUE(task.done());
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
  const auto look = [&] {
    told.story.ran(aio::current_task() ? "somebody" : "nobody");
  };
  told.start("A", Body::look(told));
  told.loop.call_soon(look);
  told.start("B", Body::look(told));
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
      EXPECT_TRUE(aio::current_task() == outer);
      EXPECT_EQ(aio::all_tasks().size(), 1);
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
  EXPECT_TRUE(task.done());
}

TEST(Step2_OneStep, ADeepRecursionIsOneStep) {  // TASK-03
  Told told;
  struct Body {
    static Coro<int> deep(int levels) {
      co_return levels == 0 ? 0 : 1 + co_await deep(levels - 1);
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
  EXPECT_EQ(outcome(deep), "done");
  EXPECT_EQ(outcome(many), "done");
  EXPECT_EQ(deep.result(), levels);
  EXPECT_EQ(many.result(), 100'000);
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
  Told told;
  struct Body {
    static Coro<> fail(Probe) {
      throw std::runtime_error("boom");
      co_return;
    }
  };
  Probe::Count count;
  const auto a = told.start("A", holds(Probe(count)));
  const auto b = told.start("B", Body::fail(Probe(count)));
  told.iterate();
  EXPECT_STORY(told.story, count.destroyed, 2,
               "settle() destroys the frame; the handles need only the result");
  EXPECT_EQ(count.alive, 0);
  EXPECT_EQ(outcome(b), "boom");
}

TEST(Step2_OneStep, AFailureThatNobodyAsksForIsReported) {  // TASK-13 FUT-13
  Told told;
  told.report_exceptions();
  told.start("A", throws("boom"));
  told.story.step("the only handle is gone");
  EXPECT_STORY(told.story, told.iterate(), "reported(boom)",
               "a failure is reported when the task is done and its last handle is gone",
               Seen{"", "failure-is-marked-as-seen"});
}

TEST(Step2_OneStep, AFailureIsReportedWhenTheLastHandleGoes) {  // TASK-13 FUT-14
  Told told;
  told.report_exceptions();
  {
    const auto asked = told.start("A", throws("asked")), kept = told.start("B", throws("kept"));
    told.iterate();
    EXPECT_EQ(told.story.order(), "");
    EXPECT_EQ(outcome(asked), "asked");
    told.story.step("the handles go");
  }
  EXPECT_STORY(told.story, told.story.order(), "reported(kept)",
               "what was asked for is not reported, what was not is",
               Seen{"", "failure-is-marked-as-seen"});
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
  EXPECT_THROW(told.iterate(), Interrupt);
  EXPECT_TRUE(fatal.done());
  EXPECT_STORY(told.story, outcome(fatal), "an exception that is no std::exception",
               "a fatal error is stored in the task, too");
  EXPECT_FALSE(aio::current_task()) << "the step is over";
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
  EXPECT_EQ(task.cancelling(), 0);
}

TEST(Step2_OneStep, ATaskThatNobodyHoldsRuns) {  // TASK-14
  Told told;
  told.start("A", says(told, "A"));
  EXPECT_STORY(told.story, told.iterate(), "A", "dropping a handle stops nothing",
               Seen{"", "dies-with-its-handle"});
}

// ── 7.3 ────────────────────────────────────────────────────────────────────────────────────────

/// Wakes one task that waits for it.
struct Bell {
  aio::detail::TaskBase* waiting = nullptr;
  void ring(EventLoop& loop) { loop.call_soon(*waiting); }
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
  Told told;
  Bell bell;
  const auto task = told.start("A", hears(told, bell, "A"));
  told.iterate();
  EXPECT_STORY(told.story, told.iterate(), "A1", "nobody has woken A");
  EXPECT_FALSE(task.done());
  told.story.step("the bell rings");
  bell.ring(told.loop);
  EXPECT_STORY(told.story, told.story.order(), "A1", "waking a task queues it");
  EXPECT_STORY(told.story, told.iterate(), "A1 A2", "the next step begins where the last one ended");
  EXPECT_TRUE(task.done());
}

TEST(Step3_Park, TheInnermostCoroutineGoesOn) {
  Told told;
  Bell bell;
  struct Body {
    static Coro<> outer(Told& told, Bell& bell) {
      told.story.ran("outer1");
      co_await hears(told, bell, "inner");
      told.story.ran("outer2");
    }
  };
  told.start("A", Body::outer(told, bell));
  told.iterate();
  bell.ring(told.loop);
  EXPECT_STORY(told.story, told.iterate(), "outer1 inner1 inner2 outer2",
               "a step begins in the coroutine that suspended: the leaf");
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
  Told told;
  Bell bell;
  const auto task = told.start("A", hears(told, bell, "A"));
  told.iterate();
  const std::string message = refusal([&] { told.loop.run_once(); });
  told.story.step("run_once(), with nothing that could wake A");
  EXPECT_STORY(told.story, message.find("task A, which waits for a bell") != message.npos, true,
               "park() remembers the waiter");
}

TEST(Step3_Park, YieldingGoesToTheBackOfTheQueue) {
  Told told;
  struct Body {
    static Coro<> twice(Told& told, std::string name) {
      told.story.ran(name + "1");
      co_await Yield();
      told.story.ran(name + "2");
    }
  };
  told.start("A", Body::twice(told, "A"));
  told.start("B", Body::twice(told, "B"));
  told.says_soon("C");
  EXPECT_STORY(told.story, told.iterate(), "A1 B1 C", "a yield ends the step");
  EXPECT_STORY(told.story, told.iterate(), "A1 B1 C A2 B2", "and queues the next one");
}

TEST(Step3_Park, ClosingTheLoopDestroysAParkedFrameOnce) {  // LOOP-28
  Told told;
  Bell bell;
  struct Body {
    static Coro<> inner(Bell& bell, Probe) { co_await AwaitBell(bell); }
    static Coro<> outer(Bell& bell, Probe one, Probe two) {
      co_await inner(bell, std::move(two));
      ADD_FAILURE() << "an abandoned task went on";
    }
  };
  Probe::Count count;
  const auto task = told.start("A", Body::outer(bell, Probe(count), Probe(count)));
  told.iterate();
  EXPECT_EQ(count.alive, 2);
  told.story.step("close()");
  told.loop.close();
  EXPECT_STORY(told.story, count.destroyed, 2, "the frames of a parked task are destroyed, once");
  EXPECT_EQ(count.alive, 0);
  EXPECT_EQ(outcome(task), "cancelled");
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
  EXPECT_FALSE(task.done());
  told.story.step("set_result()");
  future.set_result();
  EXPECT_STORY(told.story, told.story.order(), "",
               "set_result() resumed the task; whoever delivers is not ready for that",
               Seen{"A", "resumed-inline"});
  EXPECT_STORY(told.story, told.iterate(), "A", "a future that is done queues who waits for it");
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
    static Coro<> ask(Future<std::unique_ptr<int>> future) {
      std::unique_ptr<int>& kept = co_await future;
      EXPECT_EQ(*kept, 7);
      const std::unique_ptr<int> taken = co_await std::move(future);
      EXPECT_EQ(*taken, 7);
    }
  };
  const Future<std::unique_ptr<int>> future(told.loop);
  const auto task = told.start("A", Body::ask(future));
  told.iterate();
  future.set_result(std::make_unique<int>(7));
  told.iterate();
  EXPECT_EQ(outcome(task), "done");
  EXPECT_EQ(future.result(), nullptr);
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
  const auto later = create_task_on(told.loop, Body::answer(told));
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
  Told told;
  std::optional<Future<int>> promise(told.loop);
  struct Body {
    static Coro<> ask(Told& told, std::optional<Future<int>>& promise) {
      Future<int> mine = *promise;
      const int value = co_await std::move(mine);
      told.story.ran(std::to_string(value));
    }
  };
  told.start("A", Body::ask(told, promise));
  told.iterate();
  told.loop.call_soon([future = std::move(*promise)] { future.set_result(7); });
  promise.reset();
  told.iterate();
  EXPECT_STORY(told.story, told.iterate(), "7", "a waiter keeps what it waits for");
}

TEST(Step4_AwaitAFuture, AwaitingItselfIsRefused) {  // TASK-07
  Told told;
  struct Body {
    static Coro<> ask(const std::optional<Task<>>& self) { co_await *self; }
  };
  std::optional<Task<>> self;
  self = told.start("A", Body::ask(self));
  told.iterate();
  EXPECT_STORY(told.story, outcome(*self), "a task cannot await itself",
               "a task that waits for itself waits for ever",
               Seen{std::string("pending"), "waits-for-itself"});
}

TEST(Step4_AwaitAFuture, AFutureOfAnotherLoopIsRefused) {  // TASK-08
  Told told, other;
  const Future<> foreign(other.loop);
  const auto task = told.start("A", waits(told, foreign, "A"));
  EXPECT_STORY(told.story, told.iterate(),
               "A(a task cannot await a future of another event loop)",
               "the other loop would queue a task that is not its own");
  EXPECT_EQ(outcome(task), "done");
  foreign.set_result();
}

TEST(Step4_AwaitAFuture, OutsideATaskItIsRefused) {
  Told told;
  const Future<> future(told.loop);
  struct Body {
    static Coro<> ask(Future<> future) { co_await future; }
  };
  const auto frame = Body::ask(future).release();
  frame.resume();
  ASSERT_TRUE(frame.done());
  EXPECT_EQ(aio::message_of(frame.promise().result().exception()),
            "a future must be awaited in a task; start one with run() or create_task()");
  frame.destroy();
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
  EXPECT_EQ(count.destroyed, 1);
  EXPECT_EQ(count.alive, 0);
  future->set_result();  // nobody waits any more
}

// ── 7.5 ────────────────────────────────────────────────────────────────────────────────────────

Coro<> sleeps(Told& told, std::string name, aio::Delay delay) {
  co_await aio::sleep(delay);
  told.story.ran(std::move(name));
}

TEST(Step5_Sleep, LastsAsLongAsItSays) {  // SLEEP-01
  Told told;
  told.start("A", sleeps(told, "A", 250ms));
  told.finish();
  EXPECT_STORY(told.story, told.clock.now(), at(250ms), "the deadline is now plus the delay");
}

TEST(Step5_Sleep, ManySleepAtOnce) {  // SLEEP-01
  Told told;
  told.start("A", sleeps(told, "A", 3s));
  told.start("B", sleeps(told, "B", 1s));
  told.start("C", sleeps(told, "C", 2s));
  EXPECT_STORY(told.story, told.finish(), "B C A", "each sleep has a timer of its own");
  EXPECT_STORY(told.story, told.clock.now(), at(3s), "the sleeps overlap",
               Seen{at(6s), "sleep-blocks-the-loop"});
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
  ASSERT_EQ(outcome(task), "done");
  EXPECT_EQ(*task.result(), 7);
}

TEST(Step5_Sleep, TheTimerQueuesTheTask) {  // SLEEP-01
  Told told;
  told.start("A", sleeps(told, "A", 10ms));
  told.iterate();
  told.story.step("the clock advances by 10 ms");
  told.clock.advance(10ms);
  EXPECT_STORY(told.story, told.iterate(), "",
               "the timer resumed the task; it should queue it, as a future would",
               Seen{"A", "timer-resumes-inline"});
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
  for (const auto delay : {0s, -1s}) {
    Told told;
    told.start("A", sleeps(told, "A", delay));
    EXPECT_STORY(told.story, told.iterate(), "", "sleep(0) ends the step",
                 Seen{"A", "sleep-zero-does-nothing"});
    EXPECT_STORY(told.story, told.iterate(), "A",
                 "sleep(0) needs no timer: the task goes to the back of the ready queue",
                 Seen{"", "sleep-zero-sets-a-timer"});
  }
}

TEST(Step5_Sleep, ATaskInALoopStarvesNobody) {  // SLEEP-02
  Told told;
  struct Body {
    static Coro<> spin(const Future<>& end) {
      while (!end.done()) co_await aio::sleep(0s);
    }
  };
  const Future<> end(told.loop);
  told.start("A", Body::spin(end));
  told.loop.call_later(0ms, [&] { end.set_result(); });
  told.finish();
}

TEST(Step5_Sleep, MayLastForEver) {  // SLEEP-05
  Told told;
  const auto a = told.start("A", sleeps(told, "A", std::chrono::hours::max()));
  const auto b = told.start(
      "B", sleeps(told, "B", std::chrono::duration<double>(std::numeric_limits<double>::infinity())));
  told.start("C", sleeps(told, "C", 24h * 365));
  for (int i = 0; i < 4; ++i) told.loop.run_once();
  EXPECT_STORY(told.story, told.story.order(), "C", "an endless sleep must not overflow");
  EXPECT_FALSE(a.done());
  EXPECT_FALSE(b.done());
}

TEST(Step5_Sleep, MustBeANumber) {  // SLEEP-04
  EXPECT_THROW((void)aio::sleep(std::chrono::duration<double>(
                   std::numeric_limits<double>::quiet_NaN())),
               std::invalid_argument);
  Told told;
  told.start("A", sleeps(told, "A", std::chrono::duration<double>(0.5)));
  told.finish();
  EXPECT_EQ(told.clock.now(), at(500ms));
}

TEST(Step5_Sleep, OutsideATaskItIsRefused) {
  Told told;
  const auto frame = sleeps(told, "A", 1s).release();
  frame.resume();
  ASSERT_TRUE(frame.done());
  EXPECT_EQ(aio::message_of(frame.promise().result().exception()),
            "sleep must be awaited in a task; start one with run() or create_task()");
  frame.destroy();
}

TEST(Step5_Sleep, ClosingTheLoopEndsASleep) {  // LOOP-28
  Told told;
  Probe::Count count;
  struct Body {
    static Coro<> nap(Probe) {
      co_await aio::sleep(1s);
      ADD_FAILURE() << "an abandoned task went on";
    }
  };
  told.start("A", Body::nap(Probe(count)));
  told.iterate();
  told.start("B", Body::nap(Probe(count)));  // never starts
  told.story.step("close()");
  told.loop.close();
  EXPECT_STORY(told.story, count.destroyed, 2, "each frame is destroyed once");
  EXPECT_EQ(count.alive, 0);
}
