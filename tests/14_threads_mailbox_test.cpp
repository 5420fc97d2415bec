// Lesson 14, step 1: the mailbox of a loop, and its wake-up. Each thread of these tests has ended
// when the loop goes on, so a test has one order, and none depends on who is faster.

#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <aio/event_loop.hpp>

#include "support/elsewhere.hpp"
#include "support/refusal.hpp"
#include "support/story.hpp"
#include "support/virtual_loop.hpp"
#include "support/whose.hpp"

namespace {

using aio::Callback, aio::DeadlockError, aio::EventLoop, aio::InvalidStateError;
using tests::elsewhere, tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::posts);

/// Counts how often the loop looks.
struct Listener : aio::WakeListener {
  void woken() override { ++looks; }
  int looks = 0;
};

/// A loop on virtual time, which throws DeadlockError where a real one would sleep for ever.
struct Stage : tests::VirtualLoop {
  Callback runs(std::string name) {
    return [this, name] { story.ran(name); };
  }
  void post(std::string name) {
    story.step("another thread posts " + name);
    elsewhere([&] { loop.call_soon_threadsafe(runs(name)); });
  }
  void iterate() {
    story.step("the loop makes an iteration");
    const std::uint64_t before = std::exchange(seen_, wakeups());
    if (wakeup.asked() && seen_ == before) return story.ran("sleep");  // for a call that has been
    try {
      loop.run_once();
    } catch (const DeadlockError&) {
      story.ran("deadlock");
    }
  }
  /// How often the kernel was told, in all: nobody reads the eventfd, so it is its count.
  std::uint64_t wakeups() const {
    std::ifstream info("/proc/self/fdinfo/" + std::to_string(wakeup.descriptor()));
    for (std::string word; info >> word;) {
      std::uint64_t count = 0;
      if (word == "eventfd-count:" && info >> std::hex >> count) return count;
    }
    throw std::logic_error("the kernel shows no eventfd");
  }

  Listener listener;
  aio::Wakeup& wakeup = loop.listen(listener);

 private:
  std::uint64_t seen_ = 0;  // wake-ups before the iteration
};

#define EXPECT_ORDER(stage, ...) EXPECT_STORY((stage).story, (stage).story.order(), __VA_ARGS__)

// ── step 14.1: the wake-up ──

TEST(Step1_WakeUp, WakesALoopThatSleeps) {  // THR-01
  Stage stage;
  stage.post("A");
  stage.iterate();
  EXPECT_ORDER(stage, "A",
               "who puts something into the mailbox wakes the loop, and the loop takes it out",
               Seen{"deadlock", "nobody-is-woken"});
}

TEST(Step1_WakeUp, OnceForAllThatCome) {  // THR-01
  Stage stage;
  for (const char* name : {"A", "B", "C"}) stage.post(name);
  EXPECT_STORY(stage.story, stage.wakeups(), 1U,
               "whoever finds that the loop was asked has no need to ask again",
               Seen{std::uint64_t{3}, "asks-for-each"});
  stage.iterate();
  EXPECT_ORDER(stage, "A B C", "what is in the mailbox comes out in the order of the calls");
}

TEST(Step1_WakeUp, ComesAgainAfterTheLoopHasLooked) {  // THR-01
  Stage stage;
  stage.post("A");
  stage.iterate();
  stage.post("B");
  stage.iterate();
  EXPECT_ORDER(stage, "A B", "hear() calls answer(): from then on the loop can be asked anew",
               Seen{"A sleep", "never-answers"});
}

/// A callback that does something when it is moved for the first time after `armed` was set: the
/// loop moves it out of the mailbox.
struct WhenItIsTaken {
  struct Shared {
    Stage& stage;
    bool armed = false;
  };
  explicit WhenItIsTaken(Shared& the_same) : shared(the_same) {}
  WhenItIsTaken(WhenItIsTaken&& other) noexcept : shared(other.shared) {
    if (!std::exchange(shared.armed, false)) return;
    const std::string thrown = tests::refusal([this] { shared.stage.post("B"); });
    shared.armed = thrown != "nothing was thrown";
  }
  void operator()() { shared.stage.story.ran("A"); }
  Shared& shared;
};

TEST(Step1_WakeUp, WhatComesWhileTheLoopTakesIsNotLost) {  // THR-01
  Stage stage;
  WhenItIsTaken::Shared shared{stage};
  stage.story.step("another thread posts A");
  elsewhere([&] { stage.loop.call_soon_threadsafe(WhenItIsTaken(shared)); });
  shared.armed = true;  // while the loop takes A, another thread posts B
  stage.iterate();
  EXPECT_STORY(stage.story, shared.armed, false,
               "while the loop takes A out of the mailbox, another thread posts B");
  if (shared.armed) return;
  stage.iterate();
  EXPECT_ORDER(stage, "A B",
               "hear() has to call answer() before it looks into the mailbox: who comes later asks "
               "again",
               Seen{"A deadlock", "answers-after-it-has-looked"});
}

TEST(Step1_WakeUp, InTheLoopsOwnThreadItIsACallSoon) {  // THR-02
  Stage stage;
  stage.loop.call_soon([&] {
    stage.loop.call_soon_threadsafe(stage.runs("A"));
    stage.loop.call_soon(stage.runs("B"));
  });
  stage.iterate();
  stage.iterate();
  EXPECT_ORDER(stage, "A B", "the loop's own thread needs no mailbox, and nobody to wake it",
               Seen{"B A", "a-letter-to-itself"});
  EXPECT_STORY(stage.story, stage.wakeups(), 0U, "the loop is awake already");
}

TEST(Step1_WakeUp, TheQueueIsTouchedByTheLoopAlone) {
  Stage stage;
  stage.post("A");
  EXPECT_STORY(stage.story, stage.loop.has_ready(), false,
               "the ready queue has no lock: only the loop's thread may touch it",
               Seen{true, "queued-by-the-other-thread"});
}

TEST(Step1_WakeUp, TakesItsTurnInTheQueue) {  // THR-02
  Stage stage;
  stage.loop.call_soon(stage.runs("A"));
  stage.post("B");
  stage.iterate();
  EXPECT_ORDER(stage, "A B",
               "hear() is called in the middle of a poll: it queues, and runs nothing",
               Seen{"B A", "runs-it-in-the-poll"});
}

TEST(Step1_WakeUp, WhoListensIsTold) {
  Stage stage;
  stage.story.step("a signal handler asks the loop to look");
  stage.wakeup.ask();
  stage.iterate();
  EXPECT_STORY(stage.story, stage.listener.looks, 1,
               "signals come this way too: hear() calls woken() of each listener",
               Seen{0, "tells-no-listener"});
}

TEST(Step1_WakeUp, AClosedLoopAndAnEmptyCallbackAreRefused) {  // THR-01
  Stage stage;
  EXPECT_STORY(stage.story, tests::thrown_as<std::invalid_argument>([&] {
                 elsewhere([&] { stage.loop.call_soon_threadsafe(Callback()); });
               }),
               "thrown", "detail::refuse_empty() is for this");
  stage.loop.close();
  stage.story.step("the loop is closed");
  EXPECT_STORY(stage.story, tests::thrown_as<InvalidStateError>([&] { stage.post("A"); }), "thrown",
               "put() returns false when the mailbox is closed; nobody would ever run it",
               Seen{"nothing was thrown", "a-closed-mailbox-swallows"});
}

}  // namespace
