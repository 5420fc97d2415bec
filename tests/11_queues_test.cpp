// Lesson 11: queues.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/lifo_queue.hpp>
#include <aio/priority_queue.hpp>
#include <aio/queue.hpp>
#include <aio/support/todo.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "support/allocations.hpp"
#include "support/elsewhere.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/seed.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::InvalidStateError, aio::Queue, aio::QueueEmpty;
using aio::QueueFull, aio::QueueShutDown, aio::Task, aio::create_task, aio::sleep;
using tests::Seen;

const auto compiled_queue = tests::compiled_from(aio::layers::queue);
const auto compiled_lifo = tests::compiled_from(aio::layers::lifo_queue);
const auto compiled_priority = tests::compiled_from(aio::layers::priority_queue);

/// Turns for everybody who is ready.
constexpr auto& turns = tests::iterations;

/// A queue, a story, and people who tell it what happens to them: "A:1" when A got 1, "A+1" when A
/// has put 1, "A:cancelled" and so on.
template <class Q = Queue<int>>
struct Counter : tests::Stage {
  explicit Counter(long maxsize = 0) : queue(maxsize) {}

  Q queue;

  template <class Main>
  void run(Main main) {  // `main` lives as long as its coroutine
    Stage::run(main());
  }
  Task<> get(std::string who) {
    story.step(who + " gets");
    return create_task(getting(std::move(who)));
  }
  Task<> put(std::string who, int item) {
    story.step(who + " puts " + std::to_string(item));
    return create_task(putting(std::move(who), item));
  }
  /// The same at once, without a task.
  void get_now(const char* who) {
    tell_now(who, [&] { return ":" + std::to_string(queue.get_nowait()); });
  }
  void put_now(const char* who, int item) {
    tell_now(who, [&] {
      queue.put_nowait(item);
      return "+" + std::to_string(item);
    });
  }
  /// Tells that an item is done with, or that there was none to be done.
  void done_now(const char* who) {
    tell_now(who, [&] {
      queue.task_done();
      return std::string(":done");
    });
  }
  /// Cancels it in the iteration in which it was woken, or before.
  void cancel(const char* who, const Task<>& task) {
    story.step(std::string("cancel ") + who);
    task.cancel();
  }

 private:
  Coro<> getting(std::string who) {
    return tell(who, [](Counter& c, std::string name) -> Coro<> {
      const int item = co_await c.queue.get();
      c.story.ran(name + ":" + std::to_string(item));
    });
  }
  Coro<> putting(std::string who, int item) {
    return tell(who, [item](Counter& c, std::string name) {
      return put_and_tell(c, std::move(name), item);
    });
  }
  static Coro<> put_and_tell(Counter& c, std::string name, int item) {
    co_await c.queue.put(item);
    c.story.ran(name + "+" + std::to_string(item));
  }
  template <class Act>
  void tell_now(std::string who, Act act) {
    try {
      story.ran(who + act());
    } catch (const QueueShutDown&) {
      story.ran(who + ":shut-down");
    } catch (const QueueEmpty&) {
      story.ran(who + ":empty");
    } catch (const QueueFull&) {
      story.ran(who + ":full");
    } catch (const InvalidStateError&) {
      story.ran(who + ":one-too-many");
    }
  }
  template <class Act>
  Coro<> tell(std::string who, Act act) {
    try {
      co_await act(*this, who);
    } catch (const CancelledError&) {
      story.ran(who + ":cancelled");
      throw;
    } catch (const QueueShutDown&) {
      story.ran(who + ":shut-down");
    } catch (const QueueEmpty&) {
      story.ran(who + ":empty");
    } catch (const QueueFull&) {
      story.ran(who + ":full");
    }
  }
};

// ── 11.1 put and get ───────────────────────────────────────────────────────────────────────────

TEST(Step1_PutAndGet, ItemsComeInOrderAndGettersAreServedInOrder) {  // QUEUE-01
  Counter c;
  c.run([&]() -> Coro<> {
    for (int i = 1; i <= 3; ++i) co_await c.queue.put(i);
    EXPECT_STORY(c.story, c.queue.size(), 3U, "three items were put, and nobody has taken one");
    co_await c.get("A");
    co_await c.get("A");
    co_await c.get("A");
    c.get("X"), c.get("Y"), c.get("Z");
    co_await turns(1);
    for (int i = 4; i <= 6; ++i) co_await c.queue.put(i);
    co_await turns(1);
  });
  const bool all_served = c.story.order().find("cancelled") == std::string::npos;
  ASSERT_STORY(c.story, all_served, true,
               "three items are there, and not every getter that waits for one was woken: "
               "wake_getters() wakes until as many are on their way as there are items",
               tests::LooksLike{false, "one-getter-at-a-time"});
  EXPECT_STORY(c.story, c.story.order(), "A:1 A:2 A:3 X:4 Y:5 Z:6",
               "items are in the order of the puts, getters in the order in which they came");
}

TEST(Step1_PutAndGet, AGetterWaitsForAnItem) {
  Counter c;
  c.run([&]() -> Coro<> {
    const auto getter = c.get("A");
    co_await sleep(3s);
    c.story.ran("3s");
    co_await c.queue.put(7);
    c.story.ran("put");
    co_await getter;
  });
  EXPECT_STORY(c.story, c.story.order(), "3s put A:7",
               "put() wakes the getter, which goes on later");
}

TEST(Step1_PutAndGet, WhatIsThereIsTakenWithoutAPause) {
  Counter c;
  c.run([&]() -> Coro<> {
    aio::running_loop().call_soon([&] { c.story.ran("next-iteration"); });
    for (int i = 0; i < 100; ++i) co_await c.queue.put(i);
    for (int i = 0; i < 100; ++i)
      EXPECT_EQ(co_await c.queue.get(), i)
          << "Likely cause: the items come in the order of the puts";
    c.story.ran("done");
    co_await turns(1);
  });
  EXPECT_STORY(c.story, c.story.order(), "done next-iteration", "nobody has to wait here");
}

TEST(Step1_PutAndGet, WithoutALimitPutNeverWaits) {  // QUEUE-02
  for (const long unlimited : {0L, -1L}) {
    Counter c(unlimited);
    c.run([&]() -> Coro<> {
      aio::running_loop().call_soon([&] { c.story.ran("next-iteration"); });
      for (int i = 0; i < 10'000; ++i) {
        co_await c.queue.put(i);
        if (c.queue.full()) c.story.ran("full");
      }
      c.story.ran("done");
      EXPECT_EQ(c.queue.size(), 10'000U) << "Likely cause: all items are there";
      EXPECT_EQ(c.queue.maxsize(), 0U) << "Likely cause: no limit is told as 0";
      co_await turns(1);
    });
    EXPECT_STORY(c.story, c.story.order(), "done next-iteration", "there is always room");
  }
}

TEST(Step1_PutAndGet, WhoComesLaterDoesNotTakeTheItemOfAWokenGetter) {
  Counter c;
  c.run([&]() -> Coro<> {
    c.get("A");
    co_await turns(1);
    c.get("B");  // its first step comes before A's next one
    c.story.step("put 1: A is woken");
    co_await c.queue.put(1);
    co_await turns(2);
    c.story.step("put 2");
    co_await c.queue.put(2);
    co_await turns(2);
  });
  EXPECT_STORY(c.story, c.story.order(), "A:1 B:2",
               "the item was there, but A had been woken for it",
               Seen{"B:1 A:empty", "newcomers-overtake"}, Seen{"A:1 B:empty", "wakes-everybody"});
}

TEST(Step1_PutAndGet, AnItemWakesOneGetter) {
  Counter c;
  c.run([&]() -> Coro<> {
    c.get("A"), c.get("B"), c.get("C"), c.get("D");
    co_await turns(1);
    co_await c.queue.put(1);
    co_await turns(2);
    c.story.ran("later");
    co_await c.queue.put(2);
    co_await c.queue.put(3);
    co_await turns(2);
    co_await c.queue.put(4);
    co_await turns(2);
  });
  EXPECT_STORY(c.story, c.story.order(), "A:1 later B:2 C:3 D:4", "one item is for one getter",
               Seen{"A:1 B:empty C:empty D:empty later", "wakes-everybody"},
               Seen{"A:1 later B:2 C:3 D:empty", "wakes-as-many-again"});
}

TEST(Step1_PutAndGet, AnItemMayBeGoneBeforeAnybodyElseIsServed) {
  Counter c;
  c.run([&]() -> Coro<> {
    c.get("A");
    co_await turns(1);
    c.get("B");  // its first step comes before A's next one
    c.story.step("put 1, 2: A is woken for one of them");
    co_await c.queue.put(1);
    co_await c.queue.put(2);
    co_await turns(1);
  });
  EXPECT_STORY(c.story, c.story.order(), "B:1 A:2",
               "there are two items and one getter who was woken: one is free to be taken",
               Seen{"A:1 B:cancelled", "waits-beside-a-free-item"});
}

TEST(Step1_PutAndGet, ItemsThatCannotBeCopied) {
  const auto main = []() -> Coro<> {
    Queue<std::unique_ptr<int>> queue;
    const auto getter = create_task(queue.get());
    co_await turns(1);
    co_await queue.put(std::make_unique<int>(7));
    co_await queue.put(std::make_unique<int>(8));
    const auto& first = co_await getter;
    EXPECT_EQ(*first, 7) << "Likely cause: the first item is moved out of the queue";
    const auto second = co_await queue.get();
    EXPECT_EQ(*second, 8) << "Likely cause: the second item is moved out of the queue";
    co_await queue.put(std::make_unique<int>(9));  // goes with the queue
  };
  tests::run_virtual(main());
}

TEST(Step1_PutAndGet, TheQueueGrowsAroundItsRing) {
  const auto main = []() -> Coro<> {
    Queue<std::string> queue;
    int in = 0, out = 0;
    for (int round = 1; round < 60; ++round) {
      for (int i = 0; i < round; ++i) co_await queue.put("item " + std::to_string(in++));
      for (int i = 0; i < round - round / 4; ++i) {
        EXPECT_EQ(co_await queue.get(), "item " + std::to_string(out++))
            << "Likely cause: an item is lost, or out of order, when the queue has grown";
      }
    }
    EXPECT_EQ(queue.size(), static_cast<std::size_t>(in - out))
        << "Likely cause: size() counts what is left";
  };
  tests::run_virtual(main());
}

// ── 11.2 room ──────────────────────────────────────────────────────────────────────────────────

TEST(Step2_Room, APutterWaitsUntilThereIsRoom) {  // QUEUE-03
  Counter c(2);
  c.run([&]() -> Coro<> {
    c.put("A", 1), c.put("B", 2), c.put("C", 3), c.put("D", 4);
    co_await turns(2);
    c.story.ran("2-in");
    EXPECT_STORY(c.story, c.queue.full(), true, "two items are all there is room for");
    EXPECT_STORY(c.story, c.queue.size(), 2U, "the others wait outside");
    EXPECT_STORY(c.story, c.queue.maxsize(), 2U, "maxsize() is the limit that was given");
    co_await c.get("X");
    co_await turns(2);
    c.story.ran("1-out");
    EXPECT_STORY(c.story, c.queue.size(), 2U, "one was taken, and C has put its own");
    co_await c.get("X");
    co_await turns(2);
  });
  EXPECT_STORY(
      c.story, c.story.order(), "A+1 B+2 2-in X:1 C+3 1-out X:2 D+4",
      "a full queue makes putters wait; each get() makes room for one of them",
      Seen{"A+1 B+2 C+3 D+4 2-in X:1 1-out X:2", "always-room"},
      Seen{"A+1 B+2 2-in X:1 1-out X:2 C:cancelled D:cancelled", "nobody-hears-of-the-room"});
}

TEST(Step2_Room, WhoCanGoOnDoesNotPause) {  // QUEUE-05
  Counter c(3);
  c.run([&]() -> Coro<> {
    aio::running_loop().call_soon([&] { c.story.ran("next-iteration"); });
    for (int round = 0; round < 10; ++round) {
      for (int i = 0; i < 3; ++i) co_await c.queue.put(i);
      for (int i = 0; i < 3; ++i)
        EXPECT_EQ(co_await c.queue.get(), i)
            << "Likely cause: the items come in the order of the puts";
    }
    c.story.ran("done");
    co_await turns(1);
  });
  EXPECT_STORY(c.story, c.story.order(), "done next-iteration", "there was room, and an item");
}

TEST(Step2_Room, WhoComesLaterDoesNotTakeTheRoomOfAWokenPutter) {
  Counter c(1);
  c.run([&]() -> Coro<> {
    co_await c.queue.put(0);
    c.put("A", 1);
    co_await turns(1);
    c.put("B", 2);  // its first step comes before A's next one
    c.story.step("get 0: A is woken");
    co_await c.queue.get();
    co_await turns(2);
    c.story.ran("size=" + std::to_string(c.queue.size()));
    co_await c.queue.get();
    co_await turns(2);
  });
  EXPECT_STORY(c.story, c.story.order(), "A+1 size=1 B+2",
               "there was room, but A had been woken for it",
               Seen{"B+2 A+1 size=2", "newcomers-take-the-room"});
}

TEST(Step2_Room, RoomForTwoIsForTwo) {
  Counter c(2);
  c.run([&]() -> Coro<> {
    co_await c.queue.put(8);
    co_await c.queue.put(9);
    c.put("A", 1), c.put("B", 2);
    co_await turns(1);
    c.story.step("get 8, get 9, without a pause");
    co_await c.queue.get();
    co_await c.queue.get();
    co_await turns(2);
  });
  EXPECT_STORY(c.story, c.story.order(), "A+1 B+2",
               "two items were taken, so there is room for both who wait",
               Seen{"A+1 B:cancelled", "one-putter-at-a-time"});
}

TEST(Step2_Room, RoomMayBeGoneBeforeAWokenPutterGoesOn) {
  Counter c(2);
  c.run([&]() -> Coro<> {
    co_await c.queue.put(8);
    co_await c.queue.put(9);
    c.put("A", 1);
    co_await turns(1);
    c.put("B", 2);  // its first step comes before A's next one
    c.story.step("get 8, get 9: A is woken for one of the two places");
    co_await c.queue.get();
    co_await c.queue.get();
    co_await turns(2);
  });
  EXPECT_STORY(c.story, c.story.order(), "B+2 A+1",
               "there are two places and one putter who was woken: one is free to be taken");
}

TEST(Step2_Room, AFastProducerGoesAtThePaceOfASlowConsumer) {
  Counter c(2);
  std::size_t most = 0;
  c.run([&]() -> Coro<> {
    const auto produce = [&]() -> Coro<> {
      for (int i = 0; i < 10; ++i) {
        co_await c.queue.put(i);
        most = std::max(most, c.queue.size());
      }
    };
    const auto producing = create_task(produce());
    for (int i = 0; i < 10; ++i) {
      co_await sleep(1s);
      EXPECT_EQ(co_await c.queue.get(), i)
          << "Likely cause: the items come in the order of the puts";
    }
    co_await producing;
  });
  EXPECT_STORY(c.story, most, 2U, "the limit was overstepped");
}

TEST(Step2_Room, AWaitingPutterKeepsItsItem) {
  const auto main = []() -> Coro<> {
    Queue<std::unique_ptr<std::string>> queue(1);
    const auto put = [](Queue<std::unique_ptr<std::string>>& q, std::string text) -> Coro<> {
      co_await q.put(std::make_unique<std::string>(std::move(text)));
    };
    const auto first = create_task(put(queue, "one"));
    const auto second = create_task(put(queue, "two"));
    co_await turns(1);
    EXPECT_TRUE(first.done()) << "Likely cause: there was room for the first item";
    EXPECT_FALSE(second.done()) << "Likely cause: there is no room for the second";
    const auto one = co_await queue.get();
    const auto two = co_await queue.get();
    EXPECT_EQ(*one + *two, "onetwo") << "Likely cause: both items come out, in their order";
  };
  tests::run_virtual(main());
}

// ── 11.3 wake-ups that are not used ────────────────────────────────────────────────────────────

TEST(Step3_Unused, WithoutWaitingTheyThrow) {  // QUEUE-04
  Counter c(2);
  c.run([&]() -> Coro<> {
    EXPECT_THROW(c.queue.get_nowait(), QueueEmpty)
        << "Likely cause: an empty queue has nothing to take";
    c.queue.put_nowait(1);
    c.queue.put_nowait(2);
    EXPECT_THROW(c.queue.put_nowait(3), QueueFull) << "Likely cause: a full queue takes nothing";
    EXPECT_STORY(c.story, c.queue.size(), 2U, "two items are in the queue");
    EXPECT_STORY(c.story, c.queue.get_nowait(), 1, "the items come in the order of the puts");
    c.queue.put_nowait(4);
    EXPECT_STORY(c.story, c.queue.get_nowait(), 2, "the items come in the order of the puts");
    EXPECT_STORY(c.story, c.queue.get_nowait(), 4, "what was put last comes last");
    EXPECT_THROW(c.queue.get_nowait(), QueueEmpty) << "Likely cause: all items have been taken";
    co_return;
  });
}

TEST(Step3_Unused, WithoutWaitingTheyWakeThoseWhoWait) {
  Counter c(1);
  c.run([&]() -> Coro<> {
    c.get("A");
    co_await turns(1);
    c.queue.put_nowait(1);
    co_await turns(1);
    c.queue.put_nowait(2);
    c.put("B", 3);
    co_await turns(1);
    c.story.ran("main:" + std::to_string(c.queue.get_nowait()));
    co_await turns(1);
  });
  EXPECT_STORY(c.story, c.story.order(), "A:1 main:2 B+3",
               "put_nowait() and get_nowait() wake too");
}

TEST(Step3_Unused, ACancelledGetterLeaves) {  // QUEUE-06
  Counter c;
  c.run([&]() -> Coro<> {
    const auto a = c.get("A");
    c.get("B");
    co_await turns(1);
    c.cancel("A", a);
    co_await turns(1);
    co_await c.queue.put(1);
    co_await turns(1);
    EXPECT_STORY(c.story, c.queue.empty(), true, "B has taken the only item");
  });
  EXPECT_STORY(c.story, c.story.order(), "A:cancelled B:1", "A does not wait any more");
}

TEST(Step3_Unused, TheItemOfAGetterCancelledAfterItsWakeUpGoesToTheNext) {  // QUEUE-07
  Counter c;
  c.run([&]() -> Coro<> {
    const auto a = c.get("A");
    c.get("B");
    co_await turns(1);
    c.story.step("put 1: A is woken");
    co_await c.queue.put(1);
    c.cancel("A", a);
    co_await turns(3);
    c.story.step("put 2: C waits no longer either");
    const auto d = c.get("C");
    co_await turns(1);
    co_await c.queue.put(2);
    c.cancel("C", d);
    co_await turns(1);
    EXPECT_STORY(c.story, c.queue.size(), 1U, "nobody waits: it stays, as the first");
    co_await c.queue.put(3);
    co_await c.get("D");
  });
  EXPECT_STORY(c.story, c.story.order(), "A:cancelled B:1 C:cancelled D:2",
               "the item is still there, and somebody waits for it, but nobody is woken",
               Seen{"A:cancelled C:1 B:2 D:3", "the-wake-up-is-lost"},
               Seen{"A:cancelled C:cancelled D:1", "the-wake-up-is-lost"});
}

TEST(Step3_Unused, ManyGettersMayBeCancelledAtOnce) {  // QUEUE-07
  Counter c;
  c.run([&]() -> Coro<> {
    std::vector<Task<>> getters;
    for (int i = 0; i < 5; ++i)
      getters.push_back(c.get(std::string(1, static_cast<char>('A' + i))));
    co_await turns(1);
    co_await c.queue.put(1);
    co_await c.queue.put(2);
    for (int i : {0, 1, 3}) c.cancel("a getter", getters[static_cast<std::size_t>(i)]);
    co_await turns(3);
  });
  EXPECT_STORY(c.story, c.story.order(), "A:cancelled B:cancelled D:cancelled C:1 E:2",
               "two items, and two who still want one",
               Seen{"A:cancelled B:cancelled D:cancelled", "the-wake-up-is-lost"});
}

TEST(Step3_Unused, TheRoomOfAPutterCancelledAfterItsWakeUpGoesToTheNext) {  // QUEUE-08
  Counter c(1);
  c.run([&]() -> Coro<> {
    co_await c.queue.put(0);
    const auto a = c.put("A", 1);
    c.put("B", 2);
    co_await turns(1);
    c.story.step("get 0: A is woken");
    co_await c.queue.get();
    c.cancel("A", a);
    co_await turns(3);
    c.story.step("what is in the queue now?");
    if (c.queue.size() == 1) co_await c.get("X");
  });
  EXPECT_STORY(c.story, c.story.order(), "A:cancelled B+2 X:2",
               "A's item must not be there, and B must have been woken in its place",
               tests::LooksLike{"A:cancelled B:cancelled", "the-room-is-lost"});
}

TEST(Step3_Unused, WhoIsOvertakenWaitsAgainAtTheBack) {  // QUEUE-09
  Counter c;
  c.run([&]() -> Coro<> {
    c.get("A");
    c.get("B");
    co_await turns(1);
    c.story.step("put 1: A is woken; get_nowait");
    co_await c.queue.put(1);
    c.get_now("main");
    co_await turns(2);
    c.story.step("put 2, 3");
    co_await c.queue.put(2);
    co_await c.queue.put(3);
    co_await turns(2);
  });
  EXPECT_STORY(c.story, c.story.order(), "main:1 B:2 A:3",
               "A was woken for an item that is gone; it waits again, behind B",
               Seen{"main:1 A:empty B:2", "an-overtaken-getter-throws"},
               Seen{"main:empty A:1 B:2", "only-what-is-free"});
}

TEST(Step3_Unused, OnlyWhoIsOvertakenWaitsAgain) {
  Counter c;
  c.run([&]() -> Coro<> {
    c.get("A"), c.get("B");
    co_await turns(1);
    c.story.step("put 1, 2: A and B are woken; get_nowait");
    co_await c.queue.put(1);
    co_await c.queue.put(2);
    c.get_now("main");
    co_await turns(2);
    c.story.step("put 3");
    co_await c.queue.put(3);
    co_await turns(2);
  });
  EXPECT_STORY(c.story, c.story.order(), "main:1 A:2 B:3",
               "one item is gone and one is left: A still goes on, only B waits again",
               Seen{"main:1 B:2 A:3", "everybody-waits-again"});
}

TEST(Step3_Unused, AnOvertakenPutterWaitsAgainAtTheBack) {
  Counter c(1);
  c.run([&]() -> Coro<> {
    co_await c.queue.put(0);
    c.put("A", 1);
    c.put("B", 2);
    co_await turns(1);
    c.story.step("get 0: A is woken; put_nowait 9");
    co_await c.queue.get();
    c.put_now("main", 9);
    co_await turns(2);
    for (int i = 0; i < 3; ++i) {
      c.get_now("main");
      co_await turns(2);
    }
  });
  EXPECT_STORY(c.story, c.story.order(), "main+9 main:9 B+2 main:2 A+1 main:1",
               "A was woken for room that is taken; it waits again, behind B",
               Seen{"main+9 A+1 main:9 main:1 B+2 main:2", "an-overtaken-putter-squeezes-in"});
}

TEST(Step3_Unused, OnlyThePutterWhoIsOvertakenWaitsAgain) {
  Counter c(2);
  c.run([&]() -> Coro<> {
    co_await c.queue.put(7);
    co_await c.queue.put(8);
    c.put("A", 1), c.put("B", 2);
    co_await turns(1);
    c.story.step("get 7, get 8: A and B are woken; put_nowait 9");
    co_await c.queue.get();
    co_await c.queue.get();
    c.put_now("main", 9);
    co_await turns(2);
    c.get_now("main");
    co_await turns(2);
  });
  EXPECT_STORY(c.story, c.story.order(), "main+9 A+1 main:9 B+2",
               "one place is taken and one is left: A still goes on, only B waits again");
}

TEST(Step3_Unused, ACancelledPutterWakesNoGetterForNothing) {
  Counter c(1);
  c.run([&]() -> Coro<> {
    co_await c.queue.put(0);
    const auto a = c.put("A", 1);
    co_await turns(1);
    c.get("B");  // its first step comes before A's next one
    c.story.step("get 0: A is woken");
    co_await c.queue.get();
    c.cancel("A", a);
    co_await turns(2);
    co_await c.queue.put(5);
    co_await turns(2);
  });
  EXPECT_STORY(c.story, c.story.order(), "A:cancelled B:5",
               "A leaves room behind, but no item: nobody may be woken for one",
               tests::LooksLike{"A:cancelled B:empty", "wakes-for-nothing"});
}

TEST(Step3_Unused, ACancelledGetterWakesNoPutterForNothing) {
  Counter c(2);
  c.run([&]() -> Coro<> {
    const auto a = c.get("A");
    co_await turns(1);
    c.put("B", 3), c.put("C", 4);  // they find the queue full, and wait, before the call below
    aio::running_loop().call_soon([&] {
      c.get_now("main");
      c.cancel("A", a);
    });
    c.story.step("put 1, 2: A is woken");
    co_await c.queue.put(1);
    co_await c.queue.put(2);
    co_await turns(3);
    c.story.ran("size=" + std::to_string(c.queue.size()));
  });
  EXPECT_STORY(c.story, c.story.order(), "main:1 A:cancelled B+3 size=2 C:cancelled",
               "B was woken for the only place there is: A leaves none behind",
               Seen{"main:1 A:cancelled B+3 C+4 size=3", "wakes-for-nothing"});
}

TEST(Step3_Unused, RoomIsPassedOnAlthoughThereAreItems) {
  Counter c(2);
  c.run([&]() -> Coro<> {
    co_await c.queue.put(8);
    co_await c.queue.put(9);
    const auto a = c.put("A", 1);
    c.put("B", 2);
    co_await turns(1);
    c.story.step("get 8: A is woken");
    co_await c.queue.get();
    c.cancel("A", a);
    co_await turns(3);
  });
  EXPECT_STORY(c.story, c.story.order(), "A:cancelled B+2",
               "there is an item, and there is room as well: B waits for it",
               tests::LooksLike{"A:cancelled B:cancelled", "passes-on-one-of-the-two"});
}

TEST(Step3_Unused, AnOvertakenGetterCanBeCancelled) {
  Counter c;
  c.run([&]() -> Coro<> {
    const auto a = c.get("A");
    co_await turns(1);
    co_await c.queue.put(1);
    c.cancel("A", a);  // it is noted: A was woken
    EXPECT_STORY(c.story, c.queue.get_nowait(), 1, "the item is still there");
    co_await turns(2);
    EXPECT_STORY(c.story, a.cancelled(), true, "A was asked to stop: it must not wait on");
    co_await c.queue.put(2);
    co_await c.get("B");
  });
  EXPECT_STORY(c.story, c.story.order(), "A:cancelled B:2", "A waits again, but was cancelled");
}

TEST(Step3_Unused, AGetThatTimesOutWhenAnItemComesLeavesIt) {  // QUEUE-10
  Counter c;
  c.run([&]() -> Coro<> {
    aio::running_loop().call_later(1s, [&] {
      c.story.step("put 1, at the very time");
      c.queue.put_nowait(1);
    });
    try {
      c.story.ran("got:" + std::to_string(co_await aio::wait_for(c.queue.get(), 1s)));
    } catch (const aio::TimeoutError&) {
      c.story.ran("TimeoutError");
    }
    EXPECT_STORY(c.story, c.queue.size(), 1U, "nobody took the item, so it is still there");
    co_await c.get("A");
  });
  EXPECT_STORY(c.story, c.story.order(), "TimeoutError A:1", "the item must stay in the queue");
}

// ── 11.4 join ──────────────────────────────────────────────────────────────────────────────────

TEST(Step4_Join, WaitsUntilEveryItemIsDone) {  // QUEUE-11
  Counter c;
  c.run([&]() -> Coro<> {
    co_await c.queue.join();
    c.story.ran("unused");
    co_await c.queue.put(1);
    co_await c.queue.put(2);
    const auto join = [&]() -> Coro<> {
      co_await c.queue.join();
      c.story.ran("joined");
    };
    const auto a = create_task(join());
    const auto b = create_task(join());
    co_await turns(1);
    for (int i = 0; i < 2; ++i) {
      co_await c.queue.get();
      c.story.ran("taken");
      co_await sleep(1s);
      c.done_now("main");
    }
    co_await turns(2);
    if (a.done()) co_await c.queue.join();
    c.story.ran("at-once");
  });
  EXPECT_STORY(c.story, c.story.order(),
               "unused taken main:done taken main:done joined joined at-once",
               "an item that was taken is still being worked at; join() waits for task_done()",
               Seen{"unused taken main:done taken main:done joined at-once", "wakes-one-who-joins"},
               Seen{"unused joined joined taken main:one-too-many taken main:one-too-many at-once",
                    "puts-are-not-counted"});
}

TEST(Step4_Join, AnEmptyQueueIsNotDone) {
  Counter c;
  c.run([&]() -> Coro<> {
    co_await c.queue.put(1);
    co_await c.queue.put(2);
    co_await c.queue.get();
    co_await c.queue.get();
    const auto join = [&]() -> Coro<> {
      co_await c.queue.join();
      c.story.ran("joined");
    };
    const auto joining = create_task(join());
    co_await turns(1);
    c.queue.task_done();
    c.story.ran("one");
    co_await turns(1);
    c.queue.task_done();
    c.story.ran("two");
    co_await turns(1);
  });
  EXPECT_STORY(c.story, c.story.order(), "one two joined",
               "the queue is empty, but not everything that was put is done",
               Seen{"joined one two", "empty-means-done"},
               Seen{"one joined two", "empty-means-done"});
}

TEST(Step4_Join, TooManyAreAnError) {  // QUEUE-12
  Counter c;
  c.run([&]() -> Coro<> {
    const auto refused = [&] {
      try {
        c.queue.task_done();
        return std::string("taken");
      } catch (const InvalidStateError&) {
        return std::string("refused");
      }
    };
    EXPECT_STORY(c.story, refused(), "refused", "nothing was put");
    co_await c.queue.put(1);
    co_await c.queue.get();
    EXPECT_STORY(c.story, refused(), "taken", "one was put");
    EXPECT_STORY(c.story, refused(), "refused", "it is done already");
    co_await c.queue.join();
  });
}

TEST(Step4_Join, WhatIsPutMeanwhileCounts) {
  Counter c;
  c.run([&]() -> Coro<> {
    co_await c.queue.put(1);
    const auto join = [&]() -> Coro<> {
      co_await c.queue.join();
      c.story.ran("joined");
    };
    const auto joining = create_task(join());
    co_await turns(1);
    co_await c.queue.put(2);
    c.queue.task_done();
    co_await turns(1);
    c.story.ran("one-left");
    c.queue.task_done();
    co_await joining;
  });
  EXPECT_STORY(c.story, c.story.order(), "one-left joined", "join() waits for those put later too");
}

TEST(Step4_Join, CanBeCancelledAndMayOutliveTheQueue) {
  const auto main = []() -> Coro<> {
    std::optional<Queue<int>> queue(std::in_place);
    co_await queue->put(1);
    const auto gives_up = create_task(queue->join());
    const auto waits = create_task(queue->join());
    co_await turns(1);
    gives_up.cancel();
    co_await turns(1);
    EXPECT_TRUE(gives_up.cancelled()) << "Likely cause: a task that joins can be asked to stop";
    queue->task_done();
    queue.reset();
    co_await waits;
  };
  tests::run_virtual(main());
}

// ── 11.5 shutdown ──────────────────────────────────────────────────────────────────────────────

TEST(Step5_Shutdown, NothingCanBePutAnyMore) {  // QUEUE-15
  Counter c(1);
  c.run([&]() -> Coro<> {
    co_await c.queue.put(0);
    const auto a = c.put("A", 1);
    const auto b = c.put("B", 2);
    co_await turns(1);
    c.story.step("shutdown()");
    c.queue.shutdown();
    co_await turns(2);
    co_await c.put("C", 3);
    try {
      c.queue.put_nowait(4);
    } catch (const QueueShutDown&) {
      c.story.ran("D:shut-down");
    }
    EXPECT_STORY(c.story, c.queue.size(), 1U, "only what was put before the shutdown is there");
  });
  EXPECT_STORY(c.story, c.story.order(), "A:shut-down B:shut-down C:shut-down D:shut-down",
               "those who wait for room must hear of it, and those who come later",
               Seen{"C:shut-down D:shut-down A:cancelled B:cancelled", "putters-wait-for-ever"});
}

TEST(Step5_Shutdown, RoomDoesNotHelp) {
  Counter c(2);
  c.run([&]() -> Coro<> {
    c.queue.shutdown();
    c.put_now("A", 1);
    co_await c.put("B", 2);
    c.story.ran("size=" + std::to_string(c.queue.size()));
  });
  EXPECT_STORY(c.story, c.story.order(), "A:shut-down B:shut-down size=0",
               "there is room, but the queue is shut down",
               Seen{"A+1 B:shut-down size=1", "in-through-the-other-door"});
}

TEST(Step5_Shutdown, APutterWhoWasWokenJustBeforeIsRefusedToo) {  // QUEUE-15
  Counter c(1);
  c.run([&]() -> Coro<> {
    co_await c.queue.put(0);
    c.put("A", 1);
    co_await turns(1);
    c.story.step("get 0: A is woken; shutdown()");
    co_await c.queue.get();
    c.queue.shutdown();
    co_await turns(1);
    EXPECT_STORY(c.story, c.queue.empty(), true,
                 "A was woken for room, but the queue was shut down before it went on");
  });
  EXPECT_STORY(c.story, c.story.order(), "A:shut-down", "nothing is put after shutdown()");
}

TEST(Step5_Shutdown, WhatIsLeftCanStillBeTaken) {  // QUEUE-16
  Counter c;
  c.run([&]() -> Coro<> {
    co_await c.queue.put(1);
    co_await c.queue.put(2);
    c.queue.shutdown();
    co_await c.get("A");
    const std::size_t left = c.queue.size();
    if (left > 0) c.story.ran("main:" + std::to_string(c.queue.get_nowait()));
    co_await c.get("B");
    try {
      c.queue.get_nowait();
    } catch (const QueueShutDown&) {
      c.story.ran("main:shut-down");
    }
  });
  EXPECT_STORY(c.story, c.story.order(), "A:1 main:2 B:shut-down main:shut-down",
               "first the items that are left, then QueueShutDown",
               Seen{"A:shut-down B:shut-down main:shut-down", "drops-what-is-left"});
}

TEST(Step5_Shutdown, GettersWhoWaitHearOfIt) {  // QUEUE-16
  Counter c;
  c.run([&]() -> Coro<> {
    c.get("A"), c.get("B"), c.get("C");
    co_await turns(1);
    c.story.step("put 1: A is woken; shutdown()");
    co_await c.queue.put(1);
    c.queue.shutdown();
    co_await turns(2);
  });
  EXPECT_STORY(c.story, c.story.order(), "A:1 B:shut-down C:shut-down",
               "A's item is there; for the others there will be none");
}

TEST(Step5_Shutdown, AnOvertakenGetterDoesNotWaitAgain) {
  Counter c;
  c.run([&]() -> Coro<> {
    c.get("A");
    co_await turns(1);
    c.story.step("put 1: A is woken; shutdown(); get_nowait()");
    co_await c.queue.put(1);
    c.queue.shutdown();
    EXPECT_STORY(c.story, c.queue.get_nowait(), 1,
                 "what is left can still be taken after shutdown()");
    co_await turns(2);
  });
  EXPECT_STORY(c.story, c.story.order(), "A:shut-down",
               "after shutdown() no item will come for which it could wait",
               Seen{"A:cancelled", "waits-again-after-the-end"},
               Seen{"", "waits-again-after-the-end"});
}

TEST(Step5_Shutdown, ImmediatelyDropsTheItems) {  // QUEUE-17
  Counter c;
  c.run([&]() -> Coro<> {
    for (int i = 1; i <= 3; ++i) co_await c.queue.put(i);
    co_await c.queue.get();
    const auto join = [&]() -> Coro<> {
      co_await c.queue.join();
      c.story.ran("joined");
    };
    const auto joining = create_task(join());
    co_await turns(1);
    c.story.step("shutdown(immediate): 2 and 3 are dropped, 1 is being worked at");
    c.queue.shutdown(true);
    EXPECT_STORY(c.story, c.queue.empty(), true, "shutdown(true) drops what nobody has taken");
    co_await c.get("A");
    co_await turns(1);
    c.done_now("1");
    co_await turns(2);
    if (!joining.done()) joining.cancel();
    c.done_now("2");
  });
  EXPECT_STORY(c.story, c.story.order(), "A:shut-down 1:done joined 2:one-too-many",
               "each dropped item counts as done; the one that was taken does not",
               Seen{"A:shut-down 1:done 2:done", "dropped-items-are-never-done"},
               tests::LooksLike{"joined A:shut-down 1:one-too-many 2:one-too-many",
                                "nothing-is-left-to-do"});
}

TEST(Step5_Shutdown, DroppingTheLastItemsReleasesJoin) {  // QUEUE-17
  Counter c(2);
  c.run([&]() -> Coro<> {
    co_await c.queue.put(1);
    co_await c.queue.put(2);
    const auto joining = create_task(c.queue.join());
    const auto putter = c.put("A", 3);
    co_await turns(1);
    c.queue.shutdown();
    c.story.step("first gracefully, then immediately");
    c.queue.shutdown(true);
    co_await turns(1);
    EXPECT_STORY(c.story, joining.done(), true, "nothing is left to be done");
    if (!joining.done()) joining.cancel();
    co_await putter;
  });
  EXPECT_STORY(c.story, c.story.order(), "A:shut-down",
               "room came too late: the queue is shut down");
}

// ── 11.6 other orders ──────────────────────────────────────────────────────────────────────────

TEST(Step6_Order, TheLastIsTheFirst) {  // QUEUE-13
  Counter<aio::LifoQueue<int>> c;
  c.run([&]() -> Coro<> {
    co_await c.queue.put(1);
    co_await c.queue.put(2);
    co_await c.get("A");
    co_await c.queue.put(3);
    for (int i = 0; i < 2; ++i) co_await c.get("A");
  });
  EXPECT_STORY(c.story, c.story.order(), "A:2 A:3 A:1", "take from the end at which you put");
}

TEST(Step6_Order, TheSmallestIsTheFirst) {  // QUEUE-14
  Counter<aio::PriorityQueue<int>> c(4);
  c.run([&]() -> Coro<> {
    for (const int i : {3, 1, 4, 2}) co_await c.queue.put(i);
    c.story.step("it is full: B waits for room");
    const auto b = c.put("B", 0);
    co_await turns(1);
    co_await c.get("A");
    co_await b;
    for (int i = 0; i < 4; ++i) co_await c.get("A");
    c.story.step("it is empty: C and D wait for items");
    c.get("C"), c.get("D");
    co_await turns(1);
    co_await c.queue.put(9);
    co_await c.queue.put(5);
    co_await turns(1);
  });
  EXPECT_STORY(c.story, c.story.order(), "A:1 B+0 A:0 A:2 A:3 A:4 C:5 D:9",
               "the smallest first; who waits is served as in any queue",
               Seen{"A:4 B+0 A:3 A:2 A:1 A:0 C:9 D:5", "largest-first"});
}

TEST(Step6_Order, AnythingCanSayWhatComesFirst) {  // QUEUE-14
  struct Job {
    int urgency;
    std::unique_ptr<std::string> name;
  };
  const auto more_urgent = [](const Job& a, const Job& b) { return a.urgency > b.urgency; };
  const auto main = [&]() -> Coro<std::string> {
    aio::PriorityQueue<Job, decltype(more_urgent)> queue(0, more_urgent);
    const auto put = [&](int urgency, const char* name) {
      queue.put_nowait(Job{urgency, std::make_unique<std::string>(name)});
    };
    put(1, "sweep"), put(9, "fire"), put(5, "phone"), put(9, "fire");
    std::string order;
    while (!queue.empty()) {
      const Job job = co_await queue.get();
      order += *job.name + " ";
    }
    co_return order;
  };
  EXPECT_EQ(tests::run_virtual(main()), "fire fire phone sweep ")
      << "Likely cause: what comes first by the given comparison is taken first: ask before_, not "
         "<";
}

TEST(Step6_Order, ManyItemsComeSorted) {
  const auto main = []() -> Coro<> {
    aio::PriorityQueue<unsigned> sorted;
    aio::LifoQueue<unsigned> pile;
    std::minstd_rand random(7);
    std::vector<unsigned> put;
    for (int i = 0; i < 1'000; ++i) {
      put.push_back(static_cast<unsigned>(random() % 300));
      sorted.put_nowait(put.back());
      pile.put_nowait(put.back());
    }
    for (int i = 0; i < 1'000; ++i) {
      const unsigned item = pile.get_nowait(), expected = put[static_cast<std::size_t>(999 - i)];
      EXPECT_EQ(item, expected) << "item " << i << " of the pile, counted from 0";
      if (item != expected) co_return;
    }
    std::sort(put.begin(), put.end());
    for (std::size_t i = 0; i < put.size(); ++i) {
      const unsigned item = sorted.get_nowait();
      EXPECT_EQ(item, put[i]) << "item " << i << " of the priority queue, counted from 0";
      if (item != put[i]) co_return;
    }
  };
  tests::run_virtual(main());
}

TEST(Step6_Order, AHeapComparesSeldom) {
  struct Counted {
    bool operator()(int a, int b) const { return ++*comparisons, a < b; }
    std::size_t* comparisons;
  };
  std::size_t comparisons = 0;
  const auto main = [&]() -> Coro<> {
    aio::PriorityQueue<int, Counted> queue(0, Counted{&comparisons});
    for (int i = 0; i < 1'000; ++i) queue.put_nowait(i * 7 % 1'000);
    for (int i = 0; i < 1'000; ++i)
      EXPECT_EQ(queue.get_nowait(), i) << "Likely cause: the smallest is not the first";
    co_return;
  };
  tests::run_virtual(main());
  const tests::Story story;
  EXPECT_STORY(
      story, comparisons < 50'000, true,
      "a heap of 1,000 needs some 10 comparisons to find the next; looking at all needs 1,000");
}

// ── every queue, whatever its order ────────────────────────────────────────────────────────────

/// Compares by number, or not at all.
struct Delicate {
  int number;
  bool comparable = true;
  friend bool operator<(const Delicate& a, const Delicate& b) {
    if (!a.comparable || !b.comparable) throw std::invalid_argument("cannot be compared");
    return a.number < b.number;
  }
};

TEST(Step6_Order, AComparisonThatThrowsChangesNothing) {
  tests::Story story;
  const auto main = [&]() -> Coro<std::string> {
    aio::PriorityQueue<Delicate> queue;
    for (const int i : {4, 2, 7, 1, 9, 3}) queue.put_nowait({i});
    story.step("six items are in; the seventh cannot be compared");
    EXPECT_THROW(co_await queue.put({0, false}), std::invalid_argument)
        << "Likely cause: the comparison threw, and push() went on";
    EXPECT_STORY(story, queue.size(), 6U,
                 "put() has failed, and the item is in the queue: compare before anything moves",
                 tests::LooksLike{std::size_t(7), "the-item-goes-in-before-it-is-compared"});
    std::string order;
    while (!queue.empty()) {
      order += std::to_string((co_await queue.get()).number) + " ";
      queue.task_done();
    }
    EXPECT_THROW(queue.task_done(), InvalidStateError)
        << "Likely cause: the item that was refused counts";
    co_return order;
  };
  const std::string order = tests::run_virtual(main());
  EXPECT_STORY(story, order, "1 2 3 4 7 9 ",
               "the items that were there are out of order: find the place first, then move");
}

TEST(Step6_Order, AComparisonThatThrowsInGetLosesNothing) {
  tests::Story story;
  struct Moody {
    bool operator()(int a, int b) const {
      if (*calm == 0) throw std::invalid_argument("cannot be compared");
      --*calm;
      return a < b;
    }
    int* calm;
  };
  const auto main = [&]() -> Coro<std::string> {
    int calm = 1'000;
    aio::PriorityQueue<int, Moody> queue(0, Moody{&calm});
    for (int i = 0; i < 20; ++i) queue.put_nowait(7 * i % 20);
    for (int fails_after = 0; fails_after < 6; ++fails_after) {
      calm = fails_after;
      EXPECT_THROW(queue.get_nowait(), std::invalid_argument)
          << "Likely cause: the comparison threw, and pop() went on";
    }
    calm = 1'000;
    story.step("20 items are in the queue; the comparison has thrown in get_nowait() six times");
    EXPECT_STORY(story, queue.size(), 20U, "an item is lost: compare before anything moves",
                 tests::LooksLike{std::size_t(14), "the-first-leaves-before-the-comparison"});
    std::string order;
    while (!queue.empty()) order += std::to_string(queue.get_nowait()) + " ";
    co_return order;
  };
  const std::string order = tests::run_virtual(main());
  EXPECT_STORY(story, order, "0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 ",
               "the items that were there are out of order: find the place first, then move");
}

/// Its move throws, when told to.
struct Heavy {
  explicit Heavy(int value) : number(value) {}
  Heavy(Heavy&& other) : number(other.number) {
    if (too_heavy) throw std::runtime_error("too heavy");
  }
  Heavy& operator=(Heavy&&) = default;
  friend bool operator<(const Heavy& a, const Heavy& b) { return a.number < b.number; }
  int number;
  static inline bool too_heavy = false;
};

TEST(Step6_Order, AMoveThatThrowsLosesNothing) {
  const auto main = []() -> Coro<std::string> {
    aio::PriorityQueue<Heavy> queue;
    for (const int i : {4, 2, 7, 1, 9, 3}) queue.put_nowait(Heavy(i));
    Heavy::too_heavy = true;
    EXPECT_THROW(queue.get_nowait(), std::runtime_error)
        << "Likely cause: the move of the item threw, and pop() went on";
    Heavy::too_heavy = false;
    std::string order;
    while (!queue.empty()) order += std::to_string(queue.get_nowait().number) + " ";
    co_return order;
  };
  EXPECT_EQ(tests::run_virtual(main()), "1 2 3 4 7 9 ")
      << "Likely cause: an item is lost, or there twice: what cannot be moved safely is boxed";
}

TEST(Step3_Nowait, WhoIsOvertakenLastWaitsInOrder) {
  Counter<> c;
  c.run([&]() -> Coro<> {
    for (const char* who : {"A", "B", "C", "D"}) c.get(who);
    co_await turns(1);
    for (int i = 1; i <= 4; ++i) c.put_now("P", i);
    for (int i = 0; i < 3; ++i) c.get_now("X");
    co_await turns(1);
    for (int i = 5; i <= 7; ++i) c.put_now("P", i);
    co_await turns(1);
  });
  EXPECT_STORY(c.story, c.story.order(), "P+1 P+2 P+3 P+4 X:1 X:2 X:3 A:4 P+5 P+6 P+7 D:5 C:6 B:7",
               "those who were woken last wait again first");
}

TEST(OtherThreads_Queue, AreRefusedBeforeAnythingChanges) {
  Queue<int> queue;
  const auto main = [&]() -> Coro<> {
    const auto wait = [&]() -> Coro<> { co_await queue.get(); };
    const Task<> getter = create_task(wait());
    co_await turns(1);
    EXPECT_EQ(tests::refused_elsewhere([&] { queue.put_nowait(1); }),
              tests::wrong_thread("put_nowait"));
    EXPECT_EQ(tests::refused_elsewhere([&] { (void)queue.get_nowait(); }),
              tests::wrong_thread("get_nowait"));
    EXPECT_EQ(tests::refused_elsewhere([&] { queue.task_done(); }),
              tests::wrong_thread("task_done"));
    EXPECT_EQ(tests::refused_elsewhere([&] { queue.shutdown(); }), tests::wrong_thread("shutdown"));
    EXPECT_TRUE(queue.empty());
    queue.put_nowait(2);
    co_await getter;
  };
  tests::run_virtual(main());
}

TEST(Queue_Misuse, WhoStillWaitsWhenTheQueueGoesCanBeCancelled) {
  const auto main = []() -> Coro<> {
    std::optional<Queue<int>> queue(std::in_place, 1);
    const auto first = create_task(queue->get());
    const auto second = create_task(queue->get());
    co_await turns(1);
    co_await queue->put(1);  // the first is woken
    queue.reset();
    co_await turns(1);
    EXPECT_THROW(co_await first, QueueShutDown) << "it was woken for something that is gone";
    EXPECT_FALSE(second.done());
    second.cancel();
    EXPECT_THROW(co_await second, CancelledError);
  };
  tests::run_virtual(main());
}

TEST(Queue_Misuse, AnItemThatCannotBeMovedIsNotLost) {
  struct Fragile {
    explicit Fragile(int n) : number(n) {}
    Fragile(Fragile&& other) : number(other.number), fails(other.fails) {
      if (fails != nullptr && *fails) throw std::runtime_error("broken");
    }
    int number;
    const bool* fails = nullptr;
  };
  bool fails = false;
  const auto main = [&]() -> Coro<std::string> {
    std::string story;
    Queue<Fragile> queue;
    const auto get = [&](const char* who) -> Coro<> {
      try {
        const Fragile item = co_await queue.get();
        story += std::string(who) + ":" + std::to_string(item.number) + " ";
      } catch (const std::runtime_error& error) {
        story += std::string(who) + ":" + error.what() + " ";
        fails = false;
      }
    };
    const auto a = create_task(get("A"));
    const auto b = create_task(get("B"));
    co_await turns(1);
    Fragile item(1);
    item.fails = &fails;
    queue.put_nowait(std::move(item));
    fails = true;
    co_await a;
    co_await b;
    co_return story;
  };
  EXPECT_EQ(tests::run_virtual(main()), "A:broken B:1 ");
}

TEST(Queue_Cost, WaitingAllocatesNothing) {
  if (!tests::AllocationCount::works()) GTEST_SKIP() << "a sanitizer has its own allocator";
  std::size_t made = 1;
  const auto main = [&]() -> Coro<> {
    Queue<int> queue(2);
    const auto produce = [&](int n) -> Coro<> {
      for (int i = 0; i < n; ++i) co_await queue.put(i);
    };
    const auto consume = [&](int n) -> Coro<> {
      for (int i = 0; i < n; ++i) co_await queue.get();
    };
    const auto producer = create_task(produce(10'100));
    co_await consume(100);
    const tests::AllocationCount count;
    co_await consume(10'000);
    made = count.made();
    co_await producer;
  };
  tests::run_virtual(main());
  EXPECT_EQ(made, 0U) << "the places of those who wait are in their frames";
}

// ── under many orders ──────────────────────────────────────────────────────────────────────────

/// Producers and consumers of one queue, and somebody who cancels them at random. Who is cancelled
/// tries again, as long as there is something to do.
template <class Q>
class Mill {
 public:
  explicit Mill(std::uint64_t seed) : random_(static_cast<unsigned>(seed)), queue_(pick(4)) {}

  void run(std::uint64_t seed) {
    aio::VirtualClock clock;
    aio::EventLoop::Options options = tests::options(clock);
    options.shuffle_seed = seed;
    aio::run(main(), options);
  }
  const std::vector<int>& put() const { return put_; }
  const std::vector<int>& taken() const { return taken_; }
  int done_at_join() const { return done_at_join_; }
  int cancelled() const { return cancelled_; }
  static constexpr int producers = 3, consumers = 3, each = 12;

 private:
  int pick(int below) { return static_cast<int>(random_() % static_cast<unsigned>(below)); }

  Coro<> produce(int first) {
    for (int item = first; item < first + each;) {
      try {
        if (pick(8) == 0) {
          queue_.put_nowait(item);
        } else {
          co_await queue_.put(item);
        }
        put_.push_back(item++);
        if (pick(3) == 0) co_await sleep(0s);
      } catch (const CancelledError&) {
        ++cancelled_;
      } catch (const QueueFull&) {
      }
    }
  }
  Coro<> consume() {
    for (;;) {
      try {
        const int item = pick(8) == 0 ? queue_.get_nowait() : co_await get();
        taken_.push_back(item);
        ++done_;
        queue_.task_done();
        if (pick(3) == 0) co_await sleep(0s);
      } catch (const CancelledError&) {
        ++cancelled_;
      } catch (const QueueEmpty&) {
      } catch (const QueueShutDown&) {
        break;
      }
    }
  }
  Coro<int> get() {
    const int item = co_await queue_.get();
    co_return item;
  }
  Coro<> main() {
    std::vector<Task<>> producing, all;
    for (int i = 0; i < consumers; ++i) all.push_back(create_task(consume()));
    for (int i = 0; i < producers; ++i) producing.push_back(create_task(produce(1'000 * i)));
    all.insert(all.end(), producing.begin(), producing.end());
    const auto busy = [&] {
      for (const Task<>& task : producing) {
        if (!task.done()) return true;
      }
      return false;
    };
    co_await turns(2);  // all have begun: a task that is cancelled before never does
    while (busy()) {
      const auto& victim = all[static_cast<std::size_t>(pick(static_cast<int>(all.size())))];
      if (pick(2) == 0) victim.cancel();
      co_await sleep(0s);
    }
    co_await queue_.join();
    done_at_join_ = done_;
    queue_.shutdown();
    for (const Task<>& task : all) co_await task;
  }

  std::minstd_rand random_;
  Q queue_;
  std::vector<int> put_, taken_;
  int done_ = 0, done_at_join_ = 0, cancelled_ = 0;
};

/// 1,000 seeds, or 20 of this run's when it has a seed of its own.
template <class Check>
void for_many_seeds(Check check) {
  const auto own = tests::seed();
  const std::uint64_t first = own ? 1'000'000 + 20 * *own : 1;
  const std::uint64_t count = own ? 20 : 1'000;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    if (testing::Test::HasFailure()) return;
    SCOPED_TRACE("seed " + std::to_string(seed));
    check(seed);
  }
}

TEST(Seeded_Queue, NothingIsLostOrDoubledOrReordered) {  // QUEUE-01 QUEUE-07 QUEUE-08 QUEUE-11
  long cancelled = 0;
  for_many_seeds([&](std::uint64_t seed) {
    Mill<Queue<int>> mill(seed);
    mill.run(seed);
    ASSERT_EQ(mill.put().size(), static_cast<std::size_t>(mill.producers * mill.each));
    ASSERT_EQ(mill.taken(), mill.put());
    ASSERT_EQ(mill.done_at_join(), mill.producers * mill.each);
    cancelled += mill.cancelled();
  });
  EXPECT_GT(cancelled, 100) << "hardly anybody was cancelled: this proves nothing";
}

template <class Q>
void expect_each_item_once() {
  for_many_seeds([&](std::uint64_t seed) {
    Mill<Q> mill(seed);
    mill.run(seed);
    std::vector<int> put = mill.put(), taken = mill.taken();
    std::sort(put.begin(), put.end());
    std::sort(taken.begin(), taken.end());
    ASSERT_EQ(taken, put);
    ASSERT_EQ(mill.done_at_join(), mill.producers * mill.each);
  });
}

TEST(Seeded_Queue, PilesAndHeapsLoseNothingEither) {  // QUEUE-13 QUEUE-14
  expect_each_item_once<aio::LifoQueue<int>>();
  expect_each_item_once<aio::PriorityQueue<int>>();
}

}  // namespace
