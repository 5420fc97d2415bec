// Lesson 10: tasks that wait for each other. A wait queue, and event, lock, semaphore, condition
// and barrier on it.

#include <algorithm>
#include <chrono>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/barrier.hpp>
#include <aio/condition.hpp>
#include <aio/event.hpp>
#include <aio/lock.hpp>
#include <aio/semaphore.hpp>
#include <aio/sync.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>
#include <aio/wait_queue.hpp>

#include "support/allocations.hpp"
#include "support/elsewhere.hpp"
#include "support/run_virtual.hpp"
#include "support/sanitized.hpp"
#include "support/seed.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Barrier, aio::BoundedSemaphore, aio::BrokenBarrierError, aio::CancelledError;
using aio::Clock, aio::Condition, aio::Coro, aio::Event, aio::InvalidStateError, aio::Lock;
using aio::Semaphore, aio::Task, aio::TimeoutError, aio::create_task, aio::sleep;
using aio::detail::Turn, aio::detail::WaitQueue;
using tests::Seen;

const auto compiled_wait_queue = tests::compiled_from(aio::layers::wait_queue);
const auto compiled_event = tests::compiled_from(aio::layers::event);
const auto compiled_lock = tests::compiled_from(aio::layers::lock);
const auto compiled_semaphore = tests::compiled_from(aio::layers::semaphore);
const auto compiled_condition = tests::compiled_from(aio::layers::condition);
const auto compiled_barrier = tests::compiled_from(aio::layers::barrier);

/// Where coroutines play, and the roles.
struct Stage : tests::Stage {
  /// Says `name` when `awaitable` lets it go on, and how it ended otherwise.
  template <class A>
  Coro<> wait(A awaitable, std::string name) {
    try {
      co_await std::move(awaitable);
      said(name);
    } catch (const CancelledError&) {
      said(name + "-cancelled");
      throw;
    } catch (const BrokenBarrierError&) {
      said(name + "-broken");
    } catch (const TimeoutError&) {
      said(name + "-late");
    }
  }
  /// The same with a place in a queue.
  Coro<> queue_up(WaitQueue& queue, std::string name) {
    try {
      co_await Turn(queue, "a turn");
      said(name);
    } catch (const CancelledError&) {
      said(name + "-cancelled");
      throw;
    }
  }
  /// Holds a lock, or a permit, for a while.
  template <class Subject>
  Coro<> hold(Subject& subject, std::string name, Clock::duration time) {
    const auto guard = co_await subject.scoped();
    said(name);
    co_await sleep(time);
  }
  /// Waits for a notification, under the condition's lock.
  Coro<> wait_under(Condition& condition, std::string name) {
    const auto guard = co_await condition.scoped();
    try {
      co_await condition.wait();
      said(name + (condition.locked() ? "" : "-without-the-lock"));
    } catch (const CancelledError&) {
      said(name + "-cancelled" + (condition.locked() ? "" : "-without-the-lock"));
      throw;
    }
  }
};

using Tasks = std::vector<Task<>>;

/// Waits for all, however they end.
Coro<> join(const Tasks& tasks) {
  for (const Task<>& task : tasks) {
    try {
      co_await task;
    } catch (const CancelledError&) {
    }
  }
}

/// Until everybody who is ready had a turn.
aio::Sleep turn() { return sleep(0s); }

template <class Error, class Call>
bool throws(Call call) {
  try {
    call();
  } catch (const Error&) {
    return true;
  }
  return false;
}

// ── step 10.1: the wait queue ──

/// A queue with A, B and C in it.
struct Queued : Stage {
  WaitQueue queue{};
  Tasks tasks{};

  Coro<> line_up() {
    for (const char* name : {"A", "B", "C"}) {
      tasks.push_back(create_task(queue_up(queue, name)));
    }
    co_await turn();
    story.step("A, B and C wait");
  }
};

TEST(Step1_WaitQueue, WakesInTheOrderOfArrival) {
  Queued stage;
  stage.run([](Queued& s) -> Coro<> {
    co_await s.line_up();
    EXPECT_STORY(s.story, s.queue.anybody_waits(), true, "whoever waits is in the queue");
    for (int i = 0; i < 3 && s.queue.anybody_waits(); ++i) {
      s.queue.wake_next();
      co_await turn();
      s.said("|");
    }
    EXPECT_STORY(s.story, s.queue.busy(), false,
                 "one that was woken and has gone on still counts: wake_next() puts it among those "
                 "on their way, and leave() takes it out of there");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A | B | C |",
               "the first that came is the first to be woken, and one at a time");
}

TEST(Step1_WaitQueue, WakingOnlyQueuesTheTask) {
  Queued stage;
  stage.run([](Queued& s) -> Coro<> {
    co_await s.line_up();
    s.queue.wake_next();
    s.said("woken");
    EXPECT_STORY(s.story, s.queue.woken(), 1U, "whoever was woken and has not gone on counts");
    co_await turn();
    EXPECT_STORY(s.story, s.queue.woken(), 0U, "whoever has gone on no longer counts");
    s.queue.wake_all();
    co_await join(s.tasks);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "woken A B C",
               "the woken task ran inside wake_next(), or never");
}

TEST(Step1_WaitQueue, WakesNoMoreThanThereIsSomethingFor) {
  Queued stage;
  stage.run([](Queued& s) -> Coro<> {
    co_await s.line_up();
    s.queue.wake(1);
    s.queue.wake(1);
    EXPECT_STORY(s.story, s.queue.woken(), 1U, "the one on the way was forgotten");
    co_await turn();
    s.said("|");
    s.queue.wake(2);
    co_await turn();
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A | B C",
               "wake() woke more than there was something for");
}

TEST(Step1_WaitQueue, ACancelledTaskLeavesAtOnce) {
  Queued stage;
  stage.run([](Queued& s) -> Coro<> {
    co_await s.line_up();
    s.tasks.at(1).cancel();
    co_await turn();
    s.said("|");
    s.queue.wake(2);
    co_await turn();
    s.queue.wake_all();
    co_await turn();
    EXPECT_STORY(s.story, s.tasks.at(1).done(), true,
                 "B was asked to stop, and is parked for ever: cancel() puts its task into the "
                 "ready queue",
                 tests::LooksLike{false, "nobody-queues-the-cancelled"});
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "B-cancelled | A C",
               "who is cancelled still stands in the line: cancel() takes whoever is `waiting` out "
               "of it, and join() notes that one is",
               tests::LooksLike{"| A B-cancelled C", "cancelled-when-its-turn-comes"});
}

TEST(Step1_WaitQueue, ACancelledTaskIsNotWokenInTheSameIteration) {
  Queued stage;
  stage.run([](Queued& s) -> Coro<> {
    co_await s.line_up();
    s.tasks.at(0).cancel();
    s.queue.wake(1);
    EXPECT_STORY(s.story, s.queue.woken(), 1U, "A has left the queue, so the wake-up is B's");
    co_await turn();
    s.said("|");
    s.queue.wake_all();
    co_await join(s.tasks);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A-cancelled B | C",
               "the wake-up went to a task that had been cancelled: cancel() leaves the place in "
               "the queue, where wake_next() finds it",
               tests::LooksLike{"A | B C", "cancelled-and-still-in-line"});
}

TEST(Step1_WaitQueue, ATaskWokenAndThenCancelledThrowsAndItsWakeUpIsFree) {
  Queued stage;
  stage.run([](Queued& s) -> Coro<> {
    co_await s.line_up();
    s.queue.wake(1);
    s.tasks.at(0).cancel();
    co_await turn();
    EXPECT_STORY(s.story, s.queue.woken(), 0U,
                 "a task that was woken, asked to stop and has left still counts "
                 "as woken: leave() counts it down, and cancel() leaves the place of one who is "
                 "woken as it is");
    s.queue.wake(1);
    co_await turn();
    s.queue.wake(1);
    co_await join(s.tasks);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A-cancelled B C",
               "a task that was asked to stop goes on as if nobody had asked",
               Seen{"A B C", "woken-is-deaf"});
}

/// A place in a queue that counts, when it throws, how many are still on their way.
class CountingTurn {
 public:
  CountingTurn(WaitQueue& queue, std::size_t& woken)
      : queue_(queue), woken_(woken), turn_(queue, "a turn") {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> leaf) { turn_.await_suspend(leaf); }
  void await_resume() {
    try {
      turn_.await_resume();
    } catch (...) {
      woken_ = queue_.woken();
      throw;
    }
  }

 private:
  WaitQueue& queue_;
  std::size_t& woken_;
  Turn turn_;
};

TEST(Step1_WaitQueue, TheWakeUpIsFreeWhenItThrows) {
  Stage stage;
  WaitQueue queue;
  std::size_t woken = 7;
  stage.run([](WaitQueue& q, std::size_t& count) -> Coro<> {
    const auto task = create_task([](WaitQueue& line, std::size_t& number) -> Coro<> {
      co_await CountingTurn(line, number);
    }(q, count));
    co_await turn();
    q.wake(1);
    task.cancel();
    co_await join(Tasks(1, task));
  }(queue, woken));
  EXPECT_STORY(stage.story, woken, 0U,
               "whoever catches the CancelledError wants to wake the next: leave before you throw",
               Seen{1U, "throws-before-it-leaves"});
}

TEST(Step1_WaitQueue, TwoRequestsEndOneWait) {
  Stage stage;
  WaitQueue queue;
  stage.run([](Stage& s, WaitQueue& q) -> Coro<> {
    const auto stubborn = create_task([](Stage& st, WaitQueue& line) -> Coro<> {
      try {
        co_await Turn(line, "a turn");
      } catch (const CancelledError&) {
        st.said("cancelled");
      }
      co_await sleep(1s);  // a request that is still noted would end this
      st.said("slept");
    }(s, q));
    co_await turn();
    stubborn.cancel();
    stubborn.cancel();
    co_await join(Tasks(1, stubborn));
  }(stage, queue));
  EXPECT_STORY(stage.story, stage.story.order(), "cancelled slept",
               "two requests before the task goes on are one CancelledError");
}

TEST(Step1_WaitQueue, MayBeDestroyedWhileThoseItWokeAreOnTheirWay) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto queue = std::make_unique<WaitQueue>();
    const auto task = create_task(s.queue_up(*queue, "A"));
    const auto other = create_task(s.queue_up(*queue, "B"));
    co_await turn();
    queue->wake_all();
    queue.reset();
    other.cancel();
    co_await turn();
    EXPECT_STORY(s.story, task.done(), true, "A was woken, and goes on without its queue");
    EXPECT_STORY(s.story, other.cancelled(), true,
                 "B was asked to stop, and hears of it without its queue");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A B-cancelled",
               "a woken task asked a queue that was gone");
}

TEST(Step1_WaitQueue, NeedsATask) {
  WaitQueue queue;
  aio::VirtualClock clock;
  aio::EventLoop loop(tests::options(clock));
  std::string message;
  loop.call_soon([&] {
    auto turn = Turn(queue, "a turn");
    try {
      turn.await_suspend(std::noop_coroutine());
    } catch (const std::logic_error& error) {
      message = error.what();
    }
  });
  loop.run_once();
  EXPECT_NE(message.find("a turn"), std::string::npos)
      << "Likely cause: no sentence that names what was awaited";
  EXPECT_FALSE(queue.busy())
      << "Likely cause: nobody waits: the place was left in the queue although there is no task";
}

TEST(Step1_TakeBack, TheLastOfTheWokenWaitsAgainAtTheBack) {
  Queued stage;
  stage.run([](Queued& s) -> Coro<> {
    co_await s.line_up();
    s.queue.wake(2);
    s.queue.take_back(1);
    EXPECT_STORY(s.story, s.queue.woken(), 1U, "two were woken, and one of them was taken back");
    co_await turn();
    s.said("|");
    s.queue.wake(2);
    co_await join(s.tasks);
  }(stage));
  EXPECT_STORY(
      stage.story, stage.story.order(), "A | C B",
      "B lost its wake-up, came last, and goes on where it was parked: join() keeps `leaf`");
}

TEST(Step1_TakeBack, ARequestToStopIsPassedOn) {
  Queued stage;
  stage.run([](Queued& s) -> Coro<> {
    co_await s.line_up();
    s.queue.wake(2);
    s.tasks.at(1).cancel();
    s.queue.take_back(0);
    co_await turn();
    s.said("|");
    s.queue.wake_all();
    co_await join(s.tasks);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "B-cancelled | C A",
               "a request that was noted while the task was woken");
}

// ── step 10.2: Event ──

TEST(Step2_Event, WaitingForASetOneDoesNotPause) {  // EVENT-01
  Stage stage;
  Event event;
  stage.run([](Stage& s, Event& e) -> Coro<> {
    e.set();
    EXPECT_STORY(s.story, e.is_set(), true, "set() does not set the flag");
    aio::running_loop().call_soon([&s] { s.said("next-iteration"); });
    co_await e.wait();
    co_await e.wait();
    s.said("passed");
    e.clear();
    EXPECT_STORY(s.story, e.is_set(), false, "clear() does not clear the flag");
    const auto waiting = create_task(s.wait(e.wait(), "A"));
    co_await sleep(3s);
    EXPECT_STORY(s.story, waiting.done(), false, "an event that is not set lets nobody pass");
    s.said("set");
    e.set();
    co_await waiting;
  }(stage, event));
  EXPECT_STORY(stage.story, stage.story.order(), "passed next-iteration set A",
               "a set event made a task wait, or one that was not set let it pass");
}

TEST(Step2_Event, SetWakesAllInTheOrderOfArrival) {  // EVENT-02
  Stage stage;
  Event event;
  stage.run([](Stage& s, Event& e) -> Coro<> {
    Tasks tasks;
    for (const char* name : {"A", "B", "C"}) tasks.push_back(create_task(s.wait(e.wait(), name)));
    co_await turn();
    tasks.push_back(create_task(s.wait(e.wait(), "late")));  // is ready, and comes after the set
    e.set();
    s.said("set");
    co_await sleep(1s);
    EXPECT_STORY(s.story, tasks.at(2).done(), true, "set() did not wake everybody",
                 Seen{false, "set-wakes-only-one"});
    e.set();
    co_await join(tasks);
  }(stage, event));
  EXPECT_STORY(stage.story, stage.story.order(), "set late A B C",
               "the waiters go on in the order of arrival; who was ready before passes first");
}

TEST(Step2_Event, ThoseWhoWaitedAreReleasedAlthoughClearFollows) {  // EVENT-03
  Stage stage;
  Event event;
  stage.run([](Stage& s, Event& e) -> Coro<> {
    const auto before = create_task(s.wait(e.wait(), "before"));
    co_await turn();
    e.set();
    e.clear();
    const auto after = create_task(s.wait(e.wait(), "after"));
    co_await sleep(1s);
    EXPECT_STORY(s.story, after.done(), false, "the event was cleared before this one came");
    s.said("|");
    EXPECT_STORY(s.story, before.done(), true, "the flag is asked again when the task goes on");
    e.set();
    co_await after;
    co_await before;
  }(stage, event));
  EXPECT_STORY(stage.story, stage.story.order(), "before | after",
               "set() releases those who wait then, and clear() does not take that back");
}

TEST(Step2_Event, ACancelledWaiterLeaves) {  // EVENT-04
  Stage stage;
  Event event;
  stage.run([](Stage& s, Event& e) -> Coro<> {
    Tasks tasks;
    for (const char* name : {"A", "B", "C"}) tasks.push_back(create_task(s.wait(e.wait(), name)));
    co_await turn();
    tasks.at(1).cancel();
    co_await turn();
    e.set();
    tasks.at(0).cancel();  // it has been woken already
    co_await join(tasks);
    EXPECT_STORY(s.story, tasks.at(0).cancelled(), true,
                 "it was woken, and asked to stop before it went on: it throws");
  }(stage, event));
  EXPECT_STORY(stage.story, stage.story.order(), "B-cancelled A-cancelled C",
               "a cancelled waiter is still in the queue, or was not told");
}

TEST(Step2_Event, MayGoAsSoonAsItIsSet) {
  Stage stage;
  stage.run([](Stage& s) -> Coro<> {
    auto event = std::make_unique<Event>();
    const auto waiting = create_task(s.wait(event->wait(), "A"));
    co_await turn();
    event->set();
    event.reset();
    co_await waiting;
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A",
               "the woken task asked an event that was gone");
}

// ── step 10.3: Lock ──

TEST(Step3_Lock, AFreeOneIsTakenWithoutAPause) {  // LOCK-01
  Stage stage;
  Lock lock;
  stage.run([](Stage& s, Lock& l) -> Coro<> {
    aio::running_loop().call_soon([&s] { s.said("next-iteration"); });
    EXPECT_STORY(s.story, l.locked(), false, "nobody has taken the lock");
    co_await l.acquire();
    s.said("acquired");
    EXPECT_STORY(s.story, l.locked(), true, "acquire() does not note that the lock is taken");
    l.release();
    EXPECT_STORY(s.story, l.locked(), false, "release() does not give the lock back");
    const auto first = create_task(s.hold(l, "A-in", 2s));
    co_await turn();
    EXPECT_STORY(s.story, first.done(), false, "it holds the lock for 2 s");
    co_await s.hold(l, "B-in@2", 0s);
    EXPECT_STORY(s.story, first.done(), true, "two tasks held the lock at the same time");
  }(stage, lock));
  EXPECT_STORY(stage.story, stage.story.order(), "acquired next-iteration A-in B-in@2",
               "taking a free lock paused, or two tasks held it");
  EXPECT_STORY(stage.story, stage.time(), "2 s", "A holds it for 2 s, and B waits as long");
}

TEST(Step3_Lock, WaitersGetItInTheOrderOfArrival) {  // LOCK-02
  Stage stage;
  Lock lock;
  stage.run([](Stage& s, Lock& l) -> Coro<> {
    co_await l.acquire();
    Tasks tasks;
    for (const char* name : {"A", "B", "C"}) {
      tasks.push_back(create_task(s.wait(l.acquire(), name)));
    }
    co_await turn();
    for (int i = 0; i < 3; ++i) {
      l.release();
      co_await sleep(1s);
      s.said("|");
      EXPECT_STORY(s.story, l.locked(), true,
                   "whoever was woken goes on without the lock: take_in_turn() has to take() it",
                   tests::LooksLike{false, "woken-and-takes-nothing"});
      if (!l.locked()) co_return;
    }
    l.release();
    co_await join(tasks);
  }(stage, lock));
  EXPECT_STORY(stage.story, stage.story.order(), "A | B | C |",
               "a release lets exactly the next one through");
}

TEST(Step3_Lock, NobodyOvertakesTheOneWhoWasWoken) {  // LOCK-03
  Stage stage;
  Lock lock;
  stage.run([](Stage& s, Lock& l) -> Coro<> {
    co_await l.acquire();
    const auto first = create_task(s.hold(l, "first", 1s));
    co_await turn();
    const auto newcomer = create_task(s.hold(l, "newcomer", 1s));  // ready before first is woken
    l.release();
    EXPECT_STORY(s.story, l.locked(), false,
                 "it is free until the woken one goes on: release() hands it to nobody");
    co_await s.hold(l, "releaser", 1s);
    co_await first;
    co_await newcomer;
  }(stage, lock));
  EXPECT_STORY(stage.story, stage.story.order(), "first releaser newcomer",
               "whoever comes first takes the lock, although another one was woken for it",
               Seen{"releaser first newcomer", "barging"});
}

TEST(Step3_Lock, AWokenWaiterThatIsCancelledPassesTheWakeUpOn) {  // LOCK-04
  Stage stage;
  Lock lock;
  stage.run([](Stage& s, Lock& l) -> Coro<> {
    co_await l.acquire();
    const auto first = create_task(s.hold(l, "first", 0s));
    const auto second = create_task(s.hold(l, "second", 0s));
    co_await turn();
    l.release();
    first.cancel();
    co_await sleep(1s);
    EXPECT_STORY(s.story, first.cancelled(), true,
                 "whoever is asked to stop before it has the lock throws");
    EXPECT_STORY(s.story, second.done(), true, "the wake-up went with the one who was cancelled",
                 tests::LooksLike{false, "a-cancelled-waiter-eats-the-wake-up"});
    EXPECT_STORY(s.story, l.locked(), false, "the second one has given the lock back");
    second.cancel();  // if it still waits
    co_await join(Tasks(1, second));
  }(stage, lock));
  EXPECT_STORY(stage.story, stage.story.order(), "second", "the second one never had its turn");
}

TEST(Step3_Lock, AWaiterCancelledBeforeTheReleaseIsSkipped) {  // LOCK-05
  Stage stage;
  Lock lock;
  stage.run([](Stage& s, Lock& l) -> Coro<> {
    co_await l.acquire();
    Tasks tasks;
    for (const char* name : {"A", "B", "C"}) {
      tasks.push_back(create_task(s.wait(l.acquire(), name)));
    }
    co_await turn();
    tasks.at(0).cancel();
    l.release();
    co_await sleep(1s);
    EXPECT_STORY(s.story, l.locked(), true, "B has the lock");
    s.said("|");
    l.release();
    co_await join(tasks);
  }(stage, lock));
  EXPECT_STORY(stage.story, stage.story.order(), "A-cancelled B | C",
               "exactly one that still waits gets the lock");
}

TEST(Step3_Lock, IsFreeAtOnceWhenAllWaitersAreCancelled) {  // LOCK-06
  Stage stage;
  Lock lock;
  stage.run([](Stage& s, Lock& l) -> Coro<> {
    co_await l.acquire();
    Tasks tasks;
    for (const char* name : {"A", "B"}) tasks.push_back(create_task(s.wait(l.acquire(), name)));
    co_await turn();
    for (const Task<>& task : tasks) task.cancel();
    l.release();
    co_await l.acquire();
    s.said("mine");
    l.release();
    co_await join(tasks);
  }(stage, lock));
  EXPECT_STORY(stage.story, stage.story.order(), "mine A-cancelled B-cancelled",
               "those who were cancelled are still before you");
}

TEST(Step3_Lock, ReleasingAFreeOneIsAnErrorAndAnyTaskMayRelease) {  // LOCK-07
  Stage stage;
  Lock lock;
  stage.run([](Stage& s, Lock& l) -> Coro<> {
    EXPECT_STORY(s.story, throws<InvalidStateError>([&l] { l.release(); }), true,
                 "nobody holds the lock, and nobody is told", Seen{false, "releases-what-is-free"});
    co_await l.acquire();
    co_await create_task([](Lock& held) -> Coro<> {
      held.release();
      co_return;
    }(l));
    EXPECT_STORY(s.story, l.locked(), false, "a task may release what another one has acquired");
  }(stage, lock));
}

TEST(Step3_Lock, TheGuardReleasesHoweverItsScopeEnds) {  // LOCK-08
  Stage stage;
  Lock lock;
  stage.run([](Stage& s, Lock& l) -> Coro<> {
    co_await s.hold(l, "A", 0s);
    EXPECT_STORY(s.story, l.locked(), false, "after a normal end the lock is free");
    try {
      const auto guard = co_await l.scoped();
      throw std::runtime_error("oops");
    } catch (const std::runtime_error&) {
    }
    EXPECT_STORY(s.story, l.locked(), false, "after an exception the lock is free");
    const auto holder = create_task(s.hold(l, "B", 1h));
    co_await turn();
    EXPECT_STORY(s.story, l.locked(), true, "B holds it");
    holder.cancel();
    co_await join(Tasks(1, holder));
    EXPECT_STORY(s.story, l.locked(), false, "after a cancellation the lock is free");
    auto early = co_await l.scoped();
    auto moved = std::move(early);
    EXPECT_STORY(s.story, l.locked(), true, "the guard was moved, and still holds the lock");
    moved.release();
    EXPECT_STORY(s.story, l.locked(), false, "release() of the guard gives the lock back");
  }(stage, lock));
  EXPECT_STORY(stage.story, lock.locked(), false,
               "the moved guard gave the lock back a second time, or not at all");
}

// ── step 10.4: Semaphore ──

TEST(Step4_Semaphore, TakesAFreePermitWithoutAPause) {  // SEM-01
  Stage stage;
  Semaphore semaphore(2);
  stage.run([](Stage& s, Semaphore& sem) -> Coro<> {
    aio::running_loop().call_soon([&s] { s.said("next-iteration"); });
    co_await sem.acquire();
    EXPECT_STORY(s.story, sem.locked(), false, "one permit is left");
    co_await sem.acquire();
    EXPECT_STORY(s.story, sem.locked(), true, "both permits are taken");
    s.said("two");
    const auto third = create_task(s.wait(sem.acquire(), "three"));
    co_await sleep(1s);
    EXPECT_STORY(s.story, third.done(), false, "there were two permits");
    s.said("release");
    sem.release();
    co_await third;
  }(stage, semaphore));
  EXPECT_STORY(stage.story, stage.story.order(), "two next-iteration release three",
               "a free permit made a task wait, or there was one too many");
  EXPECT_STORY(stage.story, throws<std::invalid_argument>([] { const Semaphore negative(-1); }),
               true, "a negative number of permits is refused");
  EXPECT_STORY(stage.story,
               throws<std::invalid_argument>([] { const BoundedSemaphore negative(-1); }), true,
               "a negative number of permits is refused");
}

TEST(Step4_Semaphore, APermitIsReservedForTheOneWhoWasWoken) {  // SEM-03
  Stage stage;
  Semaphore semaphore(0);
  stage.run([](Stage& s, Semaphore& sem) -> Coro<> {
    const auto first = create_task(s.wait(sem.acquire(), "first"));
    co_await turn();
    const auto newcomer = create_task(s.wait(sem.acquire(), "newcomer"));  // runs before first
    sem.release();
    sem.release();
    EXPECT_STORY(s.story, sem.locked(), true, "nobody may pass before the queue has drained",
                 Seen{false, "permits-for-whoever-comes"});
    co_await sleep(1s);
    EXPECT_STORY(s.story, newcomer.done(), true, "there were two permits, and one lies idle",
                 Seen{false, "the-second-permit-lies-idle"});
    EXPECT_STORY(s.story, sem.locked(), true, "both permits are taken");
    newcomer.cancel();
    co_await join(Tasks(1, newcomer));
    co_await first;
  }(stage, semaphore));
  EXPECT_STORY(stage.story, stage.story.order(), "first newcomer",
               "a newcomer took the permit of the one who had been woken",
               Seen{"newcomer first", "permits-for-whoever-comes"});
}

TEST(Step4_Semaphore, PermitsGoInTheOrderOfArrival) {  // SEM-02
  Stage stage;
  Semaphore semaphore(1);
  stage.run([](Stage& s, Semaphore& sem) -> Coro<> {
    const auto twice = [](Stage& st, Semaphore& sm, std::string name) -> Coro<> {
      for (int i = 0; i < 2; ++i) {
        co_await sm.acquire();
        st.said(name);
        co_await sleep(1s);
        sm.release();
      }
    };
    Tasks tasks;
    for (const char* name : {"A", "B", "C"}) tasks.push_back(create_task(twice(s, sem, name)));
    co_await join(tasks);
  }(stage, semaphore));
  EXPECT_STORY(stage.story, stage.story.order(), "A B C A B C",
               "who gives a permit back and wants another one goes to the back");
}

TEST(Step4_Semaphore, ACancelledTaskGivesItsPermitToTheNext) {  // SEM-04
  Stage stage;
  Semaphore semaphore(0);
  stage.run([](Stage& s, Semaphore& sem) -> Coro<> {
    const auto first = create_task(s.wait(sem.acquire(), "first"));
    const auto second = create_task(s.wait(sem.acquire(), "second"));
    co_await turn();
    sem.release();
    first.cancel();
    co_await sleep(1s);
    EXPECT_STORY(s.story, second.done(), true, "the permit went with the one who was cancelled",
                 tests::LooksLike{false, "a-cancelled-waiter-eats-the-wake-up"});
    const auto third = create_task(s.wait(sem.acquire(), "third"));
    co_await turn();
    sem.release();
    third.cancel();
    co_await sleep(1s);
    EXPECT_STORY(s.story, sem.locked(), false, "with nobody left the permit is free again");
    second.cancel();
    co_await join(Tasks(1, second));
  }(stage, semaphore));
  EXPECT_STORY(stage.story, stage.story.order(), "first-cancelled second third-cancelled",
               "a permit was lost");
}

/// A, B, C and D come for a permit, in this order.
Tasks four_for(Semaphore& semaphore, Stage& stage) {
  Tasks tasks;
  for (const char* name : {"A", "B", "C", "D"}) {
    tasks.push_back(create_task(stage.wait(semaphore.acquire(), name)));
  }
  return tasks;
}

TEST(Step4_Semaphore, WaitersCancelledBeforeAreSkipped) {  // SEM-05
  Stage stage;
  Semaphore semaphore(0);
  stage.run([](Stage& s, Semaphore& sem) -> Coro<> {
    const Tasks tasks = four_for(sem, s);
    co_await turn();
    tasks.at(0).cancel();
    tasks.at(1).cancel();
    sem.release();
    co_await sleep(1s);
    s.said("|");
    EXPECT_STORY(s.story, tasks.at(3).done(), false, "one release is for one");
    sem.release();
    co_await join(tasks);
  }(stage, semaphore));
  EXPECT_STORY(stage.story, stage.story.order(), "A-cancelled B-cancelled C | D",
               "one release wakes one that still waits");
}

TEST(Step4_Semaphore, ThreeReleasesLetThreeThrough) {  // SEM-06
  Stage stage;
  Semaphore semaphore(0);
  stage.run([](Stage& s, Semaphore& sem) -> Coro<> {
    const Tasks tasks = four_for(sem, s);
    co_await turn();
    for (int i = 0; i < 3; ++i) sem.release();
    co_await turn();
    s.said("|");
    sem.release();
    co_await sleep(1s);
    for (int i = 0; i < 4; ++i) sem.release();  // for those who were forgotten
    co_await join(tasks);
  }(stage, semaphore));
  EXPECT_STORY(stage.story, stage.story.order(), "A B C | D",
               "three permits at once are for the first three, in one iteration",
               Seen{"A | B C D", "one-permit-at-a-time"});
}

TEST(Step4_Semaphore, ATimeoutNeitherLeaksNorDoublesAPermit) {  // SEM-07
  for (const bool release_first : {true, false}) {
    Stage stage;
    Semaphore semaphore(0);
    stage.run([](Stage& s, Semaphore& sem, bool first) -> Coro<> {
      if (first) aio::running_loop().call_later(1s, [&sem] { sem.release(); });
      const auto late = create_task(s.wait(aio::wait_for(sem.acquire(), 1s), "A"));
      const auto next = create_task(s.wait(sem.acquire(), "B"));
      co_await turn();
      if (!first) aio::running_loop().call_later(1s, [&sem] { sem.release(); });
      co_await sleep(2s);
      EXPECT_STORY(s.story, late.done(), true, "its time was over");
      EXPECT_STORY(s.story, next.done(), true, "one permit, two tasks, and the first gave up");
      EXPECT_STORY(s.story, sem.locked(), true, "B has the only permit");
      next.cancel();
      co_await join(Tasks(1, next));
    }(stage, semaphore, release_first));
    EXPECT_STORY(stage.story, stage.story.order(), "A-late B",
                 "the release and the end of the time come in the same iteration");
  }
}

TEST(Step4_Semaphore, ABoundedOneRefusesMoreThanItBeganWith) {  // SEM-08
  Stage stage;
  BoundedSemaphore bounded(1);
  Semaphore free(1);
  stage.run([](Stage& s, BoundedSemaphore& sem, Semaphore& other) -> Coro<> {
    EXPECT_STORY(s.story, throws<InvalidStateError>([&sem] { sem.release(); }), true,
                 "a permit was given back that nobody had taken", Seen{false, "one-too-many"});
    co_await sem.acquire();
    sem.release();
    EXPECT_STORY(s.story, throws<InvalidStateError>([&sem] { sem.release(); }), true,
                 "the permit was given back, and is given back again");
    other.release();  // an unbounded one takes it as one more
    co_await other.acquire();
    co_await other.acquire();
    EXPECT_STORY(s.story, other.locked(), true,
                 "one permit came with it, one was added, and both are taken");
  }(stage, bounded, free));
}

TEST(Step4_Semaphore, TheGuardGivesThePermitBack) {
  Stage stage;
  Semaphore semaphore(2);
  stage.run([](Stage& s, Semaphore& sem) -> Coro<> {
    Tasks tasks;
    for (const char* name : {"A", "B", "C", "D"})
      tasks.push_back(create_task(s.hold(sem, name, 1s)));
    co_await sleep(500ms);
    s.said("|");
    tasks.at(1).cancel();
    co_await join(tasks);
    EXPECT_STORY(s.story, sem.locked(), false,
                 "all have given their permits back, the one who was cancelled too");
  }(stage, semaphore));
  EXPECT_STORY(stage.story, stage.story.order(), "A B | C D",
               "two at a time, and the place of one who is cancelled is free");
  EXPECT_STORY(stage.story, stage.time(), "2 s",
               "two at a time for 1 s each, and one was cancelled");
}

// ── step 10.5: Condition ──

/// A condition, and tasks that wait for it.
struct Waiting : Stage {
  Condition condition{};
  Tasks tasks{};

  Coro<> all_wait(std::string names) {
    for (const char name : names) {
      tasks.push_back(create_task(wait_under(condition, std::string(1, name))));
    }
    co_await sleep(1s);
  }
  Coro<> notify(int n) {
    const auto guard = co_await condition.scoped();
    condition.notify(n);
  }
  /// Wakes those who still wait, and waits for all.
  Coro<> end() {
    co_await condition.acquire();
    condition.notify_all();
    condition.release();
    co_await join(tasks);
  }
};

TEST(Step5_Condition, WaitReleasesTheLockAndHoldsItAgainAfterwards) {  // COND-01
  Waiting stage;
  stage.run([](Waiting& s) -> Coro<> {
    co_await s.all_wait("A");
    EXPECT_STORY(s.story, s.condition.locked(), false, "while it waits, others can take the lock");
    EXPECT_STORY(s.story, s.tasks.at(0).done(), false, "nobody has notified it");
    co_await s.notify(1);
    co_await join(s.tasks);
    EXPECT_STORY(s.story, s.condition.locked(), false, "its guard has released it");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A", "wait() returned without the lock");
}

TEST(Step5_Condition, NotifyWakesTheLongestWaitingOneByOneAfterTheRelease) {  // COND-02
  Waiting stage;
  stage.run([](Waiting& s) -> Coro<> {
    co_await s.all_wait("ABCD");
    co_await s.condition.acquire();
    s.condition.notify(2);
    co_await sleep(1s);
    s.said("release");
    s.condition.release();
    co_await sleep(1s);
    s.said("|");
    co_await s.end();
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "release A B | C D",
               "notify() marks the first two; they go on when the lock is theirs, not before");
}

TEST(Step5_Condition, NotifyingTwiceWakesTwo) {
  Waiting stage;
  stage.run([](Waiting& s) -> Coro<> {
    co_await s.all_wait("ABC");
    co_await s.condition.acquire();
    s.condition.notify(1);
    s.condition.notify(1);
    s.condition.release();
    co_await sleep(1s);
    s.said("|");
    co_await s.end();
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A B | C",
               "each notify(1) is for one more, also when the one before has not gone on yet",
               Seen{"A | B C", "counts-those-on-their-way"});
}

TEST(Step5_Condition, EachCallNeedsTheLock) {  // COND-03
  Waiting stage;
  stage.run([](Waiting& s) -> Coro<> {
    bool refused = false;
    try {
      co_await s.condition.wait();
    } catch (const InvalidStateError&) {
      refused = true;
    }
    EXPECT_STORY(s.story, refused, true, "wait() without the lock is refused: check_held()");
    EXPECT_STORY(s.story, throws<InvalidStateError>([&s] { s.condition.notify(); }), true,
                 "notify() without the lock is refused");
    EXPECT_STORY(s.story, throws<InvalidStateError>([&s] { s.condition.notify_all(); }), true,
                 "notify_all() without the lock is refused");
  }(stage));
}

TEST(Step5_Condition, WaitForLooksAgainAfterEveryWakeUp) {  // COND-04
  Waiting stage;
  int value = 0;
  stage.run([](Waiting& s, int& v) -> Coro<> {
    const bool at_once = co_await s.condition.wait_for([] { return true; });
    EXPECT_STORY(s.story, at_once, true,
                 "what is true already is not waited for, even without the lock");
    const auto waiting = create_task([](Waiting& st, int& number) -> Coro<> {
      const auto guard = co_await st.condition.scoped();
      const int got = co_await st.condition.wait_for([&number] { return number > 2 ? number : 0; });
      st.said("got-" + std::to_string(got));
    }(s, v));
    for (int i = 1; i <= 3; ++i) {
      co_await sleep(1s);
      v = i;
      s.said("set-" + std::to_string(i));
      co_await s.notify(1);
    }
    co_await waiting;
  }(stage, value));
  EXPECT_STORY(stage.story, stage.story.order(), "set-1 set-2 set-3 got-3",
               "it went on although the predicate was not true",
               Seen{"set-1 got-0 set-2 set-3", "looks-only-once"});
}

TEST(Step5_Condition, ACancelledWaitTakesTheLockAgainFirst) {  // COND-05
  Waiting stage;
  stage.run([](Waiting& s) -> Coro<> {
    co_await s.all_wait("A");
    co_await s.condition.acquire();
    s.tasks.at(0).cancel();
    co_await sleep(5s);
    EXPECT_STORY(s.story, s.tasks.at(0).done(), false, "it left while another one held the lock",
                 Seen{true, "leaves-without-the-lock"});
    s.said("release");
    if (s.condition.locked()) s.condition.release();
    co_await join(s.tasks);
    EXPECT_STORY(s.story, s.tasks.at(0).cancelled(), true,
                 "it was asked to stop, and ends by CancelledError");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "release A-cancelled",
               "a wait ends with the lock held, also when it ends by CancelledError");
}

TEST(Step5_Condition, RequestsWhileItTakesTheLockAreOneError) {  // COND-06
  Waiting stage;
  stage.run([](Waiting& s) -> Coro<> {
    const auto stubborn = create_task([](Waiting& st) -> Coro<> {
      const auto guard = co_await st.condition.scoped();
      try {
        co_await st.condition.wait();
      } catch (const CancelledError&) {
        st.said(st.condition.locked() ? "cancelled" : "cancelled-without-the-lock");
      }
      co_await sleep(1s);  // a request that is left over would end this
      st.said("slept");
    }(s));
    co_await turn();
    co_await s.condition.acquire();
    s.condition.notify(1);
    for (int i = 0; i < 3; ++i) {
      co_await sleep(1s);
      stubborn.cancel();
    }
    co_await sleep(1s);
    s.said("release");
    if (s.condition.locked()) s.condition.release();
    co_await join(Tasks(1, stubborn));
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "release cancelled slept",
               "requests that come while the lock is taken again wait until it is held");
}

TEST(Step5_Condition, ANotificationThatIsNotUsedIsPassedOn) {  // COND-07
  Waiting stage;
  stage.run([](Waiting& s) -> Coro<> {
    co_await s.all_wait("AB");
    co_await s.condition.acquire();
    s.condition.notify(1);
    s.tasks.at(0).cancel();  // notified, and has not gone on
    s.condition.release();
    co_await sleep(1s);
    EXPECT_STORY(s.story, s.tasks.at(1).done(), true, "the notification went with the one who left",
                 tests::LooksLike{false, "the-notification-leaves-too"});
    s.tasks.at(1).cancel();
    co_await join(s.tasks);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A-cancelled B", "B was never woken");
}

TEST(Step5_Condition, ANotificationIsPassedOnFromTheQueueOfTheLockToo) {  // COND-07
  Waiting stage;
  stage.run([](Waiting& s) -> Coro<> {
    co_await s.all_wait("AB");
    co_await s.condition.acquire();
    s.condition.notify(1);
    co_await sleep(1s);  // A waits for the lock now
    s.tasks.at(0).cancel();
    s.condition.release();
    co_await sleep(1s);
    EXPECT_STORY(s.story, s.tasks.at(1).done(), true,
                 "the notification went with the one who left");
    s.tasks.at(1).cancel();
    co_await join(s.tasks);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A-cancelled B", "B was never woken");
}

TEST(Step5_Condition, NothingIsMissedBetweenTheReleaseAndTheWait) {
  Waiting stage;
  stage.run([](Waiting& s) -> Coro<> {
    co_await s.condition.acquire();
    s.tasks.push_back(create_task(s.wait_under(s.condition, "A")));
    s.tasks.push_back(create_task(s.notify(1)));  // is next for the lock, right behind A
    co_await turn();
    s.condition.release();
    co_await sleep(1s);
    EXPECT_STORY(s.story, s.tasks.at(0).done(), true,
                 "the notification came after the release, and before the wait",
                 Seen{false, "a-gap-before-the-wait"});
    s.tasks.at(0).cancel();
    co_await join(s.tasks);
  }(stage));
}

TEST(Step5_Condition, NotifyingNobodyIsForgotten) {
  Waiting stage;
  stage.run([](Waiting& s) -> Coro<> {
    co_await s.notify(3);
    co_await s.all_wait("A");
    EXPECT_STORY(s.story, s.tasks.at(0).done(), false,
                 "a notification is not kept for those who come later");
    co_await s.notify(1);
    co_await join(s.tasks);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A", "the second notification was for A");
}

TEST(Step5_Condition, TwoCanShareALock) {  // COND-08
  Stage stage;
  Lock lock;
  Condition full(lock), empty(lock);
  stage.run([](Stage& s, Lock& l, Condition& f, Condition& e) -> Coro<> {
    Tasks tasks;
    tasks.push_back(create_task(s.wait_under(f, "full")));
    tasks.push_back(create_task(s.wait_under(e, "empty")));
    co_await sleep(1s);
    const auto tell = [](Condition& condition) -> Coro<> {
      const auto guard = co_await condition.scoped();
      condition.notify();
    };
    co_await l.acquire();
    EXPECT_STORY(s.story, f.locked(), true, "the condition was given this lock, which is taken");
    EXPECT_STORY(s.story, e.locked(), true, "so was the other one");
    l.release();
    co_await tell(e);
    co_await sleep(1s);
    s.said("|");
    co_await tell(f);
    co_await join(tasks);
  }(stage, lock, full, empty));
  EXPECT_STORY(stage.story, stage.story.order(), "empty | full",
               "each condition has its own queue, under one lock");
}

TEST(Step5_Condition, ATimeoutIsThrownWhenTheLockIsHeldAgain) {  // COND-09
  Waiting stage;
  stage.run([](Waiting& s) -> Coro<> {
    const auto waiting = create_task([](Waiting& st) -> Coro<> {
      const auto guard = co_await st.condition.scoped();
      try {
        co_await aio::wait_for(st.condition.wait(), 2s);
      } catch (const TimeoutError&) {
        st.said((st.condition.locked() ? "late@" : "late-without-the-lock@") + st.time());
      }
    }(s));
    co_await sleep(1s);
    co_await s.hold(s.condition, "other", 4s);
    co_await waiting;
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "other late@5 s",
               "the time was over while another task held the lock");
}

// ── step 10.6: Barrier ──

/// A barrier, and tasks that come to it.
struct Meeting : Stage {
  Barrier barrier;
  Tasks tasks{};

  explicit Meeting(int parties) : barrier(parties) {}
  Coro<> come(std::string name) {
    try {
      const int number = co_await barrier.wait();
      said(name + std::to_string(number));
    } catch (const BrokenBarrierError&) {
      said(name + "-broken");
    } catch (const CancelledError&) {
      said(name + "-cancelled");
      throw;
    }
  }
  void send(const char* names) {
    for (; *names != '\0'; ++names) tasks.push_back(create_task(come(std::string(1, *names))));
  }
  /// Whoever still waits leaves.
  Coro<> dismiss() {
    for (const Task<>& task : tasks) task.cancel();
    co_await join(tasks);
  }
};

/// The digits of a text, or the rest of it.
[[gnu::noinline]] std::string only(bool digits, std::string text) {
  std::erase_if(text, [digits](char c) { return (c >= '0' && c <= '9') != digits; });
  return text;
}

TEST(Step6_Barrier, WaitsUntilAllHaveArrived) {  // BAR-01 BAR-02
  Meeting stage(3);
  stage.run([](Meeting& s) -> Coro<> {
    s.send("AB");
    co_await sleep(1s);
    s.said("|");
    aio::running_loop().call_soon([&s] { s.said("next-iteration"); });
    co_await s.come("C");
    co_await join(s.tasks);
  }(stage));
  const std::string& order = stage.story.order();
  EXPECT_STORY(stage.story, only(false, order), "| C next-iteration A B",
               "the last to arrive goes on without a pause, the others in the order of arrival");
  EXPECT_STORY(stage.story, only(true, order), "201",
               "the numbers are those of the arrival, from 0, so C, who came last, has 2",
               tests::LooksLike{std::string("012"), "numbers-those-who-leave"});
  EXPECT_STORY(stage.story, throws<std::invalid_argument>([] { const Barrier none(0); }), true,
               "a barrier of nobody is refused");
}

TEST(Step6_Barrier, OfOneNeverBlocks) {  // BAR-03
  Meeting stage(1);
  stage.run([](Meeting& s) -> Coro<> {
    aio::running_loop().call_soon([&s] { s.said("next-iteration"); });
    co_await s.come("A");
    co_await s.come("B");
    co_await turn();
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A0 B0 next-iteration",
               "one is all there are to wait for");
}

TEST(Step6_Barrier, WhoComesWhileTheOthersLeaveIsOfTheNextRound) {  // BAR-04
  Meeting stage(2);
  stage.run([](Meeting& s) -> Coro<> {
    s.send("A");
    co_await turn();
    s.send("BCD");  // B completes the round; A has not left when C comes
    co_await sleep(1s);
    EXPECT_STORY(s.story, s.barrier.n_waiting(), 0, "C and D are the second round, and complete");
    s.send("EF");
    co_await sleep(1s);
    co_await s.dismiss();
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "B1 A0 D1 C0 F1 E0",
               "who came while the others left was counted with them");
}

TEST(Step6_Barrier, ManyWhoCameEarlyMakeManyRounds) {
  Meeting stage(2);
  stage.run([](Meeting& s) -> Coro<> {
    s.send("A");
    co_await turn();
    s.send("BCDEF");  // B completes the round; the others are of the next two
    co_await sleep(1s);
    s.said("|");
    co_await s.dismiss();
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "B1 A0 D1 C0 F1 E0 |",
               "C and D complete a round: E has to wait at the door a second time",
               Seen{"B1 A0 D1 E1 F1 C0 |", "looks-at-the-door-once"});
}

TEST(Step6_Barrier, WhoIsCancelledIsOnlyMissing) {  // BAR-05
  Meeting stage(3);
  stage.run([](Meeting& s) -> Coro<> {
    s.send("AB");
    co_await sleep(1s);
    s.tasks.at(0).cancel();
    co_await sleep(1s);
    EXPECT_STORY(s.story, s.barrier.broken(), false,
                 "whoever is cancelled does not break the barrier");
    EXPECT_STORY(s.story, s.barrier.n_waiting(), 1, "the one who was cancelled still counts",
                 tests::LooksLike{2, "the-missing-still-count"});
    s.send("C");
    co_await sleep(1s);
    s.said("|");
    s.send("D");
    co_await sleep(1s);
    co_await s.dismiss();
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A-cancelled | D2 B0 C1",
               "B, C and D are three; each has a number of its own");
}

TEST(Step6_Barrier, ResetSendsThoseWhoWaitAwayAndIsAsNew) {  // BAR-06
  Meeting stage(2);
  stage.run([](Meeting& s) -> Coro<> {
    co_await s.barrier.reset();  // with nobody there
    s.send("A");
    co_await sleep(1s);
    co_await s.barrier.reset();
    s.send("B");  // while A leaves
    co_await sleep(1s);
    EXPECT_STORY(s.story, s.barrier.broken(), false, "a reset leaves the barrier as new");
    EXPECT_STORY(s.story, s.barrier.n_waiting(), 1, "B waits in a round of its own");
    s.send("C");
    co_await join(s.tasks);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A-broken C1 B0",
               "a reset ends the round, not the barrier");
}

TEST(Step6_Barrier, AResetWhileItDrainsReachesOnlyThoseWhoAreStillThere) {  // BAR-07
  Meeting stage(3);
  stage.run([](Meeting& s) -> Coro<> {
    s.send("AB");
    co_await turn();
    s.send("CN");  // C completes the round; N comes for the next one
    s.tasks.push_back(create_task(s.barrier.reset()));
    co_await sleep(1s);
    EXPECT_STORY(s.story, s.barrier.broken(), false, "a reset leaves the barrier as new");
    EXPECT_STORY(s.story, s.barrier.n_waiting(), 1, "N waits in the next round");
    s.send("OP");
    co_await join(s.tasks);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "C2 A-broken B-broken P2 N0 O1",
               "C had left already, and N was never part of that round");
}

TEST(Step6_Barrier, AbortBreaksItUntilAReset) {  // BAR-08
  Meeting stage(2);
  stage.run([](Meeting& s) -> Coro<> {
    s.send("A");
    co_await sleep(1s);
    co_await s.barrier.abort();
    EXPECT_STORY(s.story, s.barrier.broken(), true, "abort() breaks it");
    co_await sleep(1s);
    co_await s.come("B");
    s.said("|");
    co_await s.barrier.reset();
    EXPECT_STORY(s.story, s.barrier.broken(), false, "a reset mends it");
    s.send("CD");
    co_await join(s.tasks);
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "A-broken B-broken | D1 C0",
               "an aborted barrier lets nobody wait until it is reset");
}

TEST(Step6_Barrier, AbortReachesThoseOfTheNextRound) {
  Meeting stage(2);
  stage.run([](Meeting& s) -> Coro<> {
    s.send("A");
    co_await turn();
    s.send("BN");  // B completes the round; N comes for the next one
    s.tasks.push_back(create_task(s.barrier.abort()));
    co_await sleep(1s);
    s.said("|");
    co_await s.dismiss();
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "B1 A-broken N-broken |",
               "N waits until the round before has left; it has to hear of the abort as well",
               Seen{"B1 A-broken | N-cancelled", "the-next-round-never-hears"});
}

TEST(Step6_Barrier, SaysWhoWaits) {  // BAR-09
  Meeting stage(3);
  stage.run([](Meeting& s) -> Coro<> {
    EXPECT_STORY(s.story, s.barrier.parties(), 3, "the barrier is for three");
    EXPECT_STORY(s.story, s.barrier.broken(), false, "nobody has broken it");
    EXPECT_STORY(s.story, s.barrier.n_waiting(), 0, "nobody has come yet");
    for (int i = 1; i < 3; ++i) {
      s.send("A");
      co_await turn();
      EXPECT_STORY(s.story, s.barrier.n_waiting(), i, "n_waiting() counts those who have come");
    }
    co_await s.come("C");
    EXPECT_STORY(s.story, s.barrier.n_waiting(), 0, "nobody waits while they leave");
    co_await join(s.tasks);
    EXPECT_STORY(s.story, s.barrier.n_waiting(), 0, "all of them have left");
  }(stage));
  EXPECT_STORY(stage.story, stage.story.order(), "C2 A0 A1", "three had come");
}

// ── many interleavings ──

/// Calls `run(seed)` with a thousand seeds (a sanitizer is slow: fewer); with a few, derived from
/// it, when this run has one.
template <class Run>
void with_many_seeds(Run run) {
  const std::uint64_t first = tests::seed().value_or(0) * 1'000'000;
  const std::uint64_t seeds = tests::seed() ? 20 : TESTS_SANITIZED ? 200 : 1'000;
  for (std::uint64_t i = 1; i <= seeds && !testing::Test::HasFailure(); ++i) {
    SCOPED_TRACE("seed " + std::to_string(first + i));
    run(first + i);
  }
}

/// A loop on virtual time that shuffles by `seed`, and random numbers from the same seed.
struct Chance {
  explicit Chance(std::uint64_t seed) : random(static_cast<std::mt19937::result_type>(seed)) {
    options.clock = &clock;
    options.shuffle_seed = seed;
  }
  template <class T>
  T run(Coro<T> main) {
    return aio::run(std::move(main), options);
  }
  int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(random); }
  aio::Sleep pause() { return sleep(std::chrono::milliseconds(below(4))); }

  aio::VirtualClock clock{};
  aio::EventLoop::Options options{};
  std::mt19937 random;
};

/// Workers who take and release, and somebody who cancels them at random.
template <class Subject>
class Crowd {
 public:
  Crowd(Chance& chance, Subject& subject, int places)
      : chance_(chance), subject_(subject), places_(places), ticket_of_(workers, none) {}

  Coro<> main() {
    for (std::size_t i = 0; i < workers; ++i) tasks_.push_back(create_task(work(i)));
    for (int i = 0; i < 30; ++i) {
      co_await chance_.pause();
      cancel(static_cast<std::size_t>(chance_.below(static_cast<int>(workers))));
    }
    co_await join(tasks_);
    EXPECT_EQ(inside_, 0);
    EXPECT_FALSE(subject_.locked()) << "a permit was lost";
  }

 private:
  static constexpr std::size_t workers = 6;
  static constexpr int none = -1;

  void cancel(std::size_t worker) {
    ticket_of_.at(worker) = none;  // if it waits, it will not get anything any more
    tasks_.at(worker).cancel();
  }
  Coro<> work(std::size_t self) {
    for (int round = 0; round < 5; ++round) {
      try {
        co_await chance_.pause();
        if (round % 3 == 2) {
          co_await aio::wait_for(visit(self, false), 2ms);
        } else {
          co_await visit(self, true);
        }
      } catch (const CancelledError&) {
      } catch (const TimeoutError&) {
      }
      ticket_of_.at(self) = none;
    }
  }
  Coro<> visit(std::size_t self, bool with_ticket) {
    if (with_ticket) ticket_of_.at(self) = next_ticket_++;
    const auto guard = co_await subject_.scoped();
    if (with_ticket) check_order(self);
    ++inside_;
    struct Leave {
      ~Leave() { --inside; }
      int& inside;
    } const leave(inside_);
    EXPECT_LE(inside_, places_) << "more inside than there are places";
    co_await chance_.pause();
  }
  /// With one place nobody who came before may still wait; with n places, n - 1 at most: those who
  /// were woken in the same iteration.
  void check_order(std::size_t self) {
    const int mine = std::exchange(ticket_of_.at(self), none);
    const auto before = std::count_if(ticket_of_.begin(), ticket_of_.end(), [mine](int ticket) {
      return ticket != none && ticket < mine;
    });
    EXPECT_LT(before, places_) << "somebody overtook those who came before";
  }

  Chance& chance_;
  Subject& subject_;
  const int places_;
  std::vector<int> ticket_of_;  // who waits, and since when
  int next_ticket_ = 0, inside_ = 0;
  Tasks tasks_{};
};

/// Runs `waits` as a task, and in the midst of its wait `calls`.
template <class Waits, class Calls>
void while_waiting(Waits waits, Calls calls) {
  const auto main = [&]() -> Coro<> {
    const Task<> waiting = create_task(waits());
    co_await sleep(0s);
    calls();
    EXPECT_FALSE(waiting.done());
    waiting.cancel();
    EXPECT_THROW(co_await waiting, CancelledError);
  };
  tests::run_virtual(main());
}

TEST(OtherThreads_Event, AreRefusedBeforeAnythingChanges) {
  aio::Event event;
  while_waiting([&]() -> Coro<> { co_await event.wait(); },
                [&] {
                  EXPECT_EQ(tests::refused_elsewhere([&] { event.set(); }),
                            tests::wrong_thread("Event::set"));
                  EXPECT_EQ(tests::refused_elsewhere([&] { event.clear(); }),
                            tests::wrong_thread("Event::clear"));
                  EXPECT_FALSE(event.is_set());
                });
}

TEST(OtherThreads_Lock, CannotReleaseWhatSomebodyWaitsFor) {
  aio::Lock lock;
  const auto waits = [&]() -> Coro<> {
    const auto guard = co_await lock.scoped();
    co_await lock.acquire();  // waits for itself
  };
  while_waiting(waits, [&] {
    EXPECT_EQ(tests::refused_elsewhere([&] { lock.release(); }),
              tests::wrong_thread("Lock::release"));
    EXPECT_TRUE(lock.locked());
  });
}

TEST(OtherThreads_Semaphore, CannotReleaseWhatSomebodyWaitsFor) {
  aio::Semaphore semaphore(0);
  while_waiting([&]() -> Coro<> { co_await semaphore.acquire(); },
                [&] {
                  EXPECT_EQ(tests::refused_elsewhere([&] { semaphore.release(); }),
                            tests::wrong_thread("Semaphore::release"));
                });
}

TEST(OtherThreads_Condition, CannotNotify) {
  aio::Condition condition;
  const auto waits = [&]() -> Coro<> {
    const auto guard = co_await condition.scoped();
    co_await condition.wait();
  };
  while_waiting(waits, [&] {
    EXPECT_EQ(tests::refused_elsewhere([&] { condition.notify(); }), tests::wrong_thread("notify"));
    EXPECT_EQ(tests::refused_elsewhere([&] { condition.notify_all(); }),
              tests::wrong_thread("notify_all"));
  });
}

TEST(Seeded_Lock, OneAtATimeInOrderAndNeverLost) {
  with_many_seeds([](std::uint64_t seed) {
    Chance chance(seed);
    Lock lock;
    Crowd crowd(chance, lock, 1);
    chance.run(crowd.main());
  });
}

TEST(Seeded_Semaphore, NeverMoreThanThereArePermitsAndNoneIsLost) {
  with_many_seeds([](std::uint64_t seed) {
    Chance chance(seed);
    const int permits = 1 + static_cast<int>(seed % 3);
    BoundedSemaphore semaphore(permits);
    Crowd crowd(chance, semaphore, permits);
    chance.run(crowd.main());
    for (int i = 0; i < permits; ++i) {
      EXPECT_FALSE(semaphore.locked()) << "only " << i << " permits are left";
      chance.run([](Semaphore& s) -> Coro<> { co_await s.acquire(); }(semaphore));
    }
    EXPECT_TRUE(semaphore.locked());
  });
}

/// Things are made one at a time, and used by those who wait for them and may be cancelled.
struct Workshop {
  Condition condition{};
  int made = 0, used = 0;
  static constexpr int all = 20;

  Coro<> use(Chance& chance) {
    while (used < all) {
      try {
        const auto guard = co_await condition.scoped();
        co_await condition.wait_for([this] { return made > 0 || used == all; });
        EXPECT_TRUE(condition.locked());
        if (used == all) break;
        --made;
        if (++used == all) condition.notify_all();
      } catch (const CancelledError&) {
      }
      try {
        co_await chance.pause();
      } catch (const CancelledError&) {
      }
    }
  }
  Coro<> make(Chance& chance) {
    for (int i = 0; i < all; ++i) {
      co_await chance.pause();
      const auto guard = co_await condition.scoped();
      ++made;
      condition.notify(1);
    }
  }
  Coro<> main(Chance& chance) {
    Tasks users;
    for (int i = 0; i < 4; ++i) users.push_back(create_task(use(chance)));
    const auto maker = create_task(make(chance));
    for (int i = 0; i < 20; ++i) {
      co_await chance.pause();
      users.at(static_cast<std::size_t>(chance.below(4))).cancel();
    }
    co_await maker;
    co_await join(users);
    EXPECT_EQ(used, all);
    EXPECT_EQ(made, 0);
  }
};

TEST(Seeded_Condition, NoNotificationIsLost) {
  with_many_seeds([](std::uint64_t seed) {
    Chance chance(seed);
    Workshop workshop;
    chance.run(workshop.main(chance));
    EXPECT_FALSE(workshop.condition.locked());
  });
}

TEST(Seeded_Event, EverybodyWhoWaitedIsReleasedOnce) {
  struct Body {
    Event event{};
    int passed = 0, cancelled = 0;

    Coro<> wait() {
      try {
        co_await event.wait();
        ++passed;
      } catch (const CancelledError&) {
        ++cancelled;
      }
    }
    Coro<> main(Chance& chance) {
      Tasks tasks;
      for (int i = 0; i < 10; ++i) tasks.push_back(create_task(wait()));
      co_await sleep(1s);
      int asked = 0;
      for (const Task<>& task : tasks) {
        if (chance.below(3) == 0 && task.cancel()) ++asked;
        if (chance.below(10) == 0) event.set();
        if (chance.below(3) == 0) event.clear();
      }
      event.set();
      event.clear();
      co_await join(tasks);
      EXPECT_EQ(cancelled, asked);
      EXPECT_EQ(passed, 10 - asked);
    }
  };
  with_many_seeds([](std::uint64_t seed) {
    Chance chance(seed);
    Body body;
    chance.run(body.main(chance));
  });
}

TEST(Seeded_Barrier, NobodyIsARoundAhead) {
  struct Body {
    static Coro<> walk(Chance& chance, Barrier& barrier, std::vector<int>& numbers) {
      for (std::size_t round = 0; round < 5; ++round) {
        co_await chance.pause();
        EXPECT_EQ(numbers.at(round) & 8, 0) << "the round before is not complete";
        const int number = co_await barrier.wait();
        EXPECT_EQ(numbers.at(round) & (1 << number), 0) << "two have the same number";
        numbers.at(round) |= 1 << number;
      }
    }
    static Coro<> main(Chance& chance, Barrier& barrier) {
      std::vector<int> numbers(5, 0);
      Tasks tasks;
      for (int i = 0; i < 3; ++i) tasks.push_back(create_task(walk(chance, barrier, numbers)));
      co_await join(tasks);
      EXPECT_EQ(numbers, std::vector<int>(5, 0b111));
      EXPECT_EQ(barrier.n_waiting(), 0);
    }
  };
  with_many_seeds([](std::uint64_t seed) {
    Chance chance(seed);
    Barrier barrier(3);
    chance.run(Body::main(chance, barrier));
  });
}

// ── what it costs ──

/// Two tasks that wait for each other in every way there is.
struct Busy {
  Lock lock{};
  Semaphore semaphore{1};
  Event event{};
  Condition condition{};
  Barrier barrier{2};

  Coro<> contend(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      const auto guard = co_await lock.scoped();
      const auto permit = co_await semaphore.scoped();
      co_await turn();
    }
  }
  Coro<> guest(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      co_await event.wait();
      event.clear();
      const auto guard = co_await condition.scoped();
      co_await barrier.wait();
      co_await condition.wait();
    }
  }
  Coro<> host(int rounds) {
    for (int i = 0; i < rounds; ++i) {
      event.set();
      co_await barrier.wait();
      const auto guard = co_await condition.scoped();
      condition.notify();
    }
  }
  Coro<> wait_a_lot() {
    const Task<> one = create_task(contend(100));
    const Task<> other = create_task(contend(100));
    const Task<> waiting = create_task(guest(100));
    co_await turn();
    co_await host(100);
    co_await one;
    co_await other;
    co_await waiting;
  }
};

TEST(Locks_Cost, AWaitAllocatesNothing) {
  if (!tests::AllocationCount::works()) GTEST_SKIP();
  Busy busy;
  const std::size_t made = tests::run_virtual([](Busy& b) -> Coro<std::size_t> {
    co_await b.wait_a_lot();  // warms up the pool, from which frames come
    const tests::AllocationCount count;
    co_await b.wait_a_lot();
    co_return count.made();
  }(busy));
  EXPECT_EQ(made, 0U) << "Likely cause: a place in the queue is made on the heap";
}

}  // namespace
