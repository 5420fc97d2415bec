// Lesson 14, step 5: what a thread has of a coroutine that it has given to a loop. The loop runs in
// the test's own thread, one iteration at a time, so that each test has one order.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include <sys/types.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/future.hpp>
#include <aio/sleep.hpp>
#include <aio/support/result.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "support/asleep.hpp"
#include "support/elsewhere.hpp"
#include "support/gate.hpp"
#include "support/story.hpp"
#include "support/virtual_loop.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::BlockingFuture, aio::CancelledError, aio::Coro, aio::Task;
using aio::detail::LoopDoor, aio::detail::RemoteCall;
using tests::elsewhere, tests::Gate, tests::LooksLike, tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::blocking_future);

/// A loop on virtual time, and the threads that speak with it.
struct Stage : tests::VirtualLoop {
  /// A coroutine of an hour, which notes how it ends.
  Coro<int> works() {
    try {
      co_await aio::sleep(1h);
    } catch (const CancelledError&) {
      story.ran("stopped");
      throw;
    }
    story.ran("done");
    co_return 7;
  }
  BlockingFuture<int> give(Coro<int> coro) {
    story.step("another thread gives a coroutine to the loop");
    std::optional<BlockingFuture<int>> given;
    elsewhere([&] { given.emplace(aio::run_coroutine_threadsafe(std::move(coro), loop)); });
    return *std::move(given);
  }
  bool cancel(BlockingFuture<int>& future) {
    story.step("that thread cancels it");
    bool in_time = false;
    elsewhere([&] { in_time = future.cancel(); });
    return in_time;
  }
  void iterate() {
    try {
      loop.run_once();
    } catch (const aio::DeadlockError&) {  // there is nothing left to do
    }
  }
  void go_on() {
    story.step("the loop goes on");
    for (int turn = 0; turn < 10; ++turn) iterate();
  }
  /// What get() gives or throws; "not done" where it would block.
  std::string result(BlockingFuture<int>& future) {
    if (!future.done()) return "not done";
    try {
      return std::to_string(future.get());
    } catch (const CancelledError&) {
      return "CancelledError";
    } catch (const std::runtime_error& error) {
      return error.what();
    }
  }
};

// ── step 14.5: a future to block on ──

TEST(Step5_Call, GivesTheResult) {  // THR-04
  Stage stage;
  auto future = stage.give(stage.works());
  stage.go_on();
  EXPECT_STORY(stage.story, stage.result(future), "7",
               "finish() keeps what came out, and the state is `done`",
               LooksLike{"CancelledError", "the-state-stays"});
}

TEST(Step5_Call, GivesTheException) {  // THR-04
  Stage stage;
  struct Body {
    static Coro<int> fails() {
      co_await aio::sleep(1s);
      throw std::runtime_error("failed");
    }
  };
  auto future = stage.give(Body::fails());
  stage.go_on();
  EXPECT_STORY(stage.story, stage.result(future), "failed", "a Result holds an exception as well");
}

TEST(Step5_Call, CancelledHereItStopsThere) {  // THR-05
  Stage stage;
  auto future = stage.give(stage.works());
  stage.iterate();
  stage.iterate();  // it has begun, and sleeps
  EXPECT_STORY(stage.story, stage.cancel(future), true, "it was not over yet");
  EXPECT_STORY(stage.story, stage.result(future), "CancelledError",
               "whoever blocks does not wait for the task: cancelled is cancelled");
  EXPECT_STORY(stage.story, stage.loop.has_ready(), false,
               "a task is its loop's: cancel() sends a callback through the door, and that cancels "
               "the task",
               LooksLike{true, "cancelled-by-the-thread"});
  stage.go_on();
  EXPECT_STORY(stage.story, stage.story.order(), "stopped",
               "the task is asked to stop, on its loop", Seen{"done", "the-task-runs-on"});
}

TEST(Step5_Call, CancelledBeforeItHasBegunItIsStoppedThen) {  // THR-05
  Stage stage;
  stage.loop.call_soon([&] {
    const auto call = std::make_shared<RemoteCall<int>>(stage.loop);
    stage.story.step("a thread cancels the call, just before the loop says that it has begun");
    call->cancel();
    const Task<int> task = aio::create_task(stage.works());
    call->begun(LoopDoor::here(), task.state());
    EXPECT_STORY(stage.story, task.state().cancelling(), 1,
                 "begun() cancels the task of a call that was cancelled before: nobody else will",
                 Seen{0, "begins-without-a-look"});
  });
  stage.iterate();
}

TEST(Step5_Call, TheFirstToEndItCounts) {  // THR-05
  Stage stage;
  stage.loop.call_soon([&] {
    const auto call = std::make_shared<RemoteCall<int>>(stage.loop);
    stage.story.step("the call is cancelled, and the task comes to its end all the same");
    call->cancel();
    aio::Result<int> seven;
    seven.emplace(7);
    call->finish(std::move(seven));
    EXPECT_STORY(stage.story, call->cancelled(), true,
                 "somebody was told already that it was cancelled: the result comes too late",
                 Seen{false, "the-last-one-counts"});
  });
  stage.iterate();
}

TEST(Step5_Call, AfterItsEndNobodyCancelsIt) {  // THR-05
  Stage stage;
  auto future = stage.give(stage.works());
  stage.go_on();
  EXPECT_STORY(stage.story, future.done(), true, "its task has ended");
  if (testing::Test::HasFailure()) return;
  EXPECT_STORY(stage.story, stage.cancel(future), false, "it is over: cancel() returns false",
               Seen{true, "cancelled-after-the-end"});
  EXPECT_STORY(stage.story, stage.result(future), "7", "the result is still there");
}

/// A thread that blocks in get(). If nobody wakes it, it stays there, with what it needs.
struct Blocked {
  explicit Blocked(BlockingFuture<int> given) : future(std::move(given)) {}
  BlockingFuture<int> future;
  Gate goes_on;
  std::atomic<pid_t> thread = 0;

  static std::shared_ptr<Blocked> start(BlockingFuture<int> given) {
    const auto shared = std::make_shared<Blocked>(std::move(given));
    std::thread([shared] {
      shared->thread = ::gettid();
      shared->thread.notify_all();
      try {
        shared->future.get();
      } catch (const CancelledError&) {
      }
      shared->goes_on.open();
    }).detach();
    shared->thread.wait(0);
    return shared;
  }
  bool sleeps() const { return tests::falls_asleep(thread); }
  bool has_gone_on() const {
    const auto late = std::chrono::steady_clock::now() + 2s;
    while (!goes_on.is_open() && std::chrono::steady_clock::now() < late) std::this_thread::yield();
    return goes_on.is_open();
  }
};

TEST(Step5_Blocked, GoesOnWithTheResult) {  // THR-04
  Stage stage;
  const auto blocked = Blocked::start(stage.give(stage.works()));
  EXPECT_STORY(stage.story, blocked->sleeps(), true, "get() blocks");
  stage.story.step("it blocks in get()");
  stage.go_on();
  EXPECT_STORY(stage.story, blocked->has_gone_on(), true,
               "finish() tells those who block, by over_", LooksLike{false, "ends-in-silence"});
}

TEST(Step5_Blocked, GoesOnWhenItIsCancelled) {  // THR-05
  Stage stage;
  const auto blocked = Blocked::start(stage.give(stage.works()));
  stage.iterate();
  EXPECT_STORY(stage.story, blocked->sleeps(), true, "get() blocks");
  stage.story.step("it blocks in get()");
  stage.cancel(blocked->future);
  EXPECT_STORY(stage.story, blocked->has_gone_on(), true,
               "cancel() tells those who block, by over_; the loop need not go on for that",
               LooksLike{false, "cancels-in-silence"});
}

}  // namespace
