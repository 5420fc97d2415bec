// Lesson 14: executors, made, sized, replaced and shut down; and coroutines that other threads give
// to a loop. Gates decide who is first, never the time.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <pthread.h>
#include <sys/eventfd.h>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/support/syscall.hpp>
#include <aio/sync.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "support/gate.hpp"
#include "support/refusal.hpp"

namespace {

using namespace std::chrono_literals;
using aio::BlockingFuture, aio::CancelledError, aio::Coro, aio::Executor, aio::InvalidStateError;
using aio::Task, aio::to_thread;
using tests::Gate, tests::OpensAtEnd, tests::until;

std::string name_of_this_thread() {
  char name[16] = {};
  ::pthread_getname_np(::pthread_self(), name, sizeof name);
  return name;
}

const char* const untroubled = "nothing was thrown";
const char* const shut_down =
    "these threads take no new jobs: their loop is ending, or shutdown() was called";

/// Jobs that wait for each other, and how many of them ran at once. The threads share it.
struct Crowd {
  std::atomic<int> inside = 0, most = 0, done = 0;
  void visit() {
    const int now = ++inside;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
    }
    std::this_thread::yield();
    --inside;
    ++done;
  }
};

Coro<> visit_all(Executor executor, std::shared_ptr<Crowd> crowd, int visits) {
  std::vector<Task<>> all;
  const auto visit = [crowd] { crowd->visit(); };
  for (int i = 0; i < visits; ++i) all.push_back(aio::create_task(executor.run(visit)));
  for (const Task<>& each : all) co_await each;
}

TEST(Executor, HasNoMoreThreadsThanAllowed) {
  struct Body {
    static Coro<> main(std::shared_ptr<Crowd> crowd) {
      const Executor executor({.threads = 2, .name = "two"});
      EXPECT_EQ(executor.threads(), 0U) << "a thread is made for a job";
      co_await visit_all(executor, crowd, 200);
      EXPECT_LE(executor.threads(), 2U);
      co_await executor.shutdown();
      EXPECT_EQ(executor.threads(), 0U);
    }
  };
  const auto crowd = std::make_shared<Crowd>();
  aio::run(Body::main(crowd));
  EXPECT_EQ(crowd->done, 200);
  EXPECT_LE(crowd->most, 2);
}

TEST(Executor, OneThreadKeepsTheOrder) {
  struct Body {
    static Coro<> main(std::shared_ptr<std::vector<int>> order) {
      const Executor executor({.threads = 1});
      std::vector<Task<>> all;
      for (int i = 0; i < 100; ++i) {
        const auto note = [i, order] { order->push_back(i); };
        all.push_back(aio::create_task(executor.run(note)));
      }
      co_await aio::sleep(0s);
      co_await executor.shutdown();
      for (const Task<>& each : all) co_await each;
    }
  };
  const auto order = std::make_shared<std::vector<int>>();
  aio::run(Body::main(order));
  EXPECT_EQ(order->size(), 100U);
  EXPECT_TRUE(std::ranges::is_sorted(*order));
}

TEST(Executor, ThreadsHaveItsName) {  // EXEC-02
  struct Body {
    static Coro<> main() {
      const Executor executor({.name = "a name that is too long"});
      EXPECT_EQ(co_await executor.run(name_of_this_thread), "a name that is ");
      co_await executor.shutdown();
    }
  };
  aio::run(Body::main());
}

TEST(Executor, TheDefaultOneIsMadeOnFirstUseAndCanBeReplaced) {  // EXEC-02
  struct Body {
    static Coro<> main() {
      EXPECT_EQ(co_await to_thread(name_of_this_thread), "aio");
      const Executor mine({.threads = 1, .name = "mine"});
      aio::set_default_executor(mine);
      EXPECT_EQ(co_await to_thread(name_of_this_thread), "mine");
    }
  };
  aio::run(Body::main());
}

TEST(Executor, ADefaultOneThatWasReplacedIsWaitedFor) {  // EXEC-02 RUN-05
  struct Body {
    static Coro<> main(std::shared_ptr<Gate> begun, std::shared_ptr<Gate> may_end, bool& ended) {
      const OpensAtEnd release(*may_end);
      const auto held = [begun, may_end, &ended] {
        begun->open();
        may_end->wait();
        ended = true;
      };
      const Task<> job = aio::create_task(to_thread(held));
      co_await until(*begun);
      aio::set_default_executor(Executor());
      job.cancel();
      const auto open = [may_end] { may_end->open(); };
      co_await to_thread(open);
    }
  };
  bool ended = false;
  aio::run(Body::main(std::make_shared<Gate>(), std::make_shared<Gate>(), ended));
  EXPECT_TRUE(ended);
}

TEST(Executor, OneThatIsMadeTheDefaultAtTheVeryEndIsEndedToo) {
  struct Body {
    static Coro<> main(std::vector<Executor> late, std::shared_ptr<Gate> begun,
                       std::shared_ptr<Gate> may_end) {
      const auto held = [begun, may_end] {
        begun->open();
        may_end->wait();
      };
      const Task<> job = aio::create_task(to_thread(held));
      co_await until(*begun);
      const auto replace = [late, may_end] {  // run() waits for the job
        for (const Executor& each : late) aio::set_default_executor(each);
        may_end->open();
      };
      aio::running_loop().call_later(20ms, replace);
    }
  };
  const std::vector<Executor> late(20);
  aio::run(Body::main(late, std::make_shared<Gate>(), std::make_shared<Gate>()));
  for (const Executor& each : late) {
    EXPECT_EQ(tests::refusal([&] { each.check(); }), "this executor was shut down");
  }
}

TEST(Executor, TakesNothingNewAfterShutdown) {  // EXEC-06
  struct Body {
    static Coro<std::string> refused(const Executor& executor) {
      try {
        co_await executor.run([] {});
      } catch (const InvalidStateError& error) {
        co_return error.what();
      }
      co_return "";
    }
    static Coro<> main() {
      const Executor executor;
      co_await executor.run([] {});
      co_await executor.shutdown();
      EXPECT_EQ(co_await refused(executor), shut_down);
      co_await executor.shutdown();  // idempotent
      EXPECT_EQ(tests::refusal([&] { aio::set_default_executor(executor); }),
                "this executor was shut down");
    }
  };
  aio::run(Body::main());
}

TEST(Executor, ShutdownWaitsForAllThatWasTaken) {
  struct Body {
    static Coro<> main(std::shared_ptr<Crowd> crowd) {
      const Executor executor({.threads = 3});
      const Task<> visits = aio::create_task(visit_all(executor, crowd, 50));
      co_await aio::sleep(0s);
      co_await aio::sleep(0s);
      co_await executor.shutdown();
      EXPECT_EQ(crowd->done, 50);
      co_await visits;
    }
  };
  aio::run(Body::main(std::make_shared<Crowd>()));
}

TEST(Executor, AShutdownThatIsCancelledMayBeAwaitedAgain) {
  struct Body {
    static Coro<> main(std::shared_ptr<Gate> begun, std::shared_ptr<Gate> may_end) {
      const OpensAtEnd release(*may_end);
      const Executor executor;
      const auto held = [begun, may_end] {
        begun->open();
        may_end->wait();
      };
      const Task<> job = aio::create_task(executor.run(held));
      co_await until(*begun);
      const Task<> ending = aio::create_task(executor.shutdown());
      co_await aio::sleep(0s);
      ending.cancel();
      EXPECT_THROW(co_await ending, CancelledError);
      EXPECT_EQ(tests::refusal([&] { aio::set_default_executor(executor); }),
                "this executor was shut down");
      may_end->open();
      co_await executor.shutdown();
      EXPECT_EQ(executor.threads(), 0U);
      co_await job;
    }
  };
  aio::run(Body::main(std::make_shared<Gate>(), std::make_shared<Gate>()));
}

TEST(Executor, GrowsForWhatWaitsAndShrinks) {
  struct Body {
    /// Begins only together with another one.
    static void meet(const std::shared_ptr<std::atomic<int>>& arrived) {
      ++*arrived;
      arrived->notify_all();
      for (int seen = *arrived; seen < 2; seen = *arrived) arrived->wait(seen);
    }
    static Coro<> main() {
      const Executor executor({.threads = 1});
      const auto arrived = std::make_shared<std::atomic<int>>(0);
      const Task<> one = aio::create_task(executor.run(meet, arrived));
      const Task<> other = aio::create_task(executor.run(meet, arrived));
      while (*arrived == 0) co_await aio::sleep(0s);
      EXPECT_EQ(executor.threads(), 1U);
      executor.resize(2);
      co_await one;
      co_await other;
      executor.resize(1);
      while (executor.threads() > 1) co_await aio::sleep(0s);
      co_await visit_all(executor, std::make_shared<Crowd>(), 10);
      EXPECT_EQ(executor.threads(), 1U);
      co_await executor.shutdown();
    }
  };
  aio::run(Body::main());
}

TEST(Executor, ShrinkingLosesNoJob) {
  struct Body {
    static Coro<> main(std::shared_ptr<Crowd> crowd) {
      const Executor executor({.threads = 8});
      const Task<> visits = aio::create_task(visit_all(executor, crowd, 500));
      for (std::size_t round = 0; !visits.done(); ++round) {
        executor.resize(round % 8 + 1);
        co_await aio::sleep(0s);
      }
      co_await visits;
      co_await executor.shutdown();
    }
  };
  const auto crowd = std::make_shared<Crowd>();
  aio::run(Body::main(crowd));
  EXPECT_EQ(crowd->done, 500);
}

TEST(Executor, WorksForSeveralLoops) {
  struct Body {
    static Coro<> main(Executor executor, std::shared_ptr<Crowd> crowd) {
      const auto here = std::this_thread::get_id();
      co_await visit_all(executor, crowd, 50);
      EXPECT_EQ(std::this_thread::get_id(), here);
    }
    static Coro<> end(Executor executor) { co_await executor.shutdown(); }
  };
  const Executor executor({.threads = 3});
  const auto crowd = std::make_shared<Crowd>();
  {
    std::vector<std::jthread> loops;
    for (int i = 0; i < 4; ++i) {
      loops.emplace_back([&] {
        EXPECT_EQ(tests::refusal([&] { aio::run(Body::main(executor, crowd)); }), untroubled);
      });
    }
  }
  EXPECT_EQ(crowd->done, 200);
  aio::run(Body::end(executor));
}

TEST(Executor, AJobOfALoopThatHasGoneIsDoneAndForgotten) {  // EXEC-05
  const auto begun = std::make_shared<Gate>(), may_end = std::make_shared<Gate>();
  const auto ended = std::make_shared<Gate>();
  const OpensAtEnd release(*may_end);
  const Executor executor;
  const auto held = [begun, may_end, ended] {
    begun->open();
    may_end->wait();
    ended->open();
  };
  {
    aio::EventLoop loop;
    const Task<> job = aio::create_task_on(loop, executor.run(held));
    while (!begun->is_open() && !job.done()) loop.stop(), loop.run_forever();
  }
  ASSERT_TRUE(begun->is_open());
  may_end->open();
  ended->wait();
  struct Body {
    static Coro<int> main(Executor same) {
      co_return co_await same.run([] { return 1; });
    }
  };
  EXPECT_EQ(aio::run(Body::main(executor)), 1) << "the executor outlives the loop";
}

TEST(Executor, EndsWithItsLastCopyWhenNothingRuns) {
  struct Body {
    static Coro<> main() {
      std::optional<Executor> executor(std::in_place);
      Coro<int> job = executor->run([] { return 3; });
      executor.reset();
      EXPECT_EQ(co_await std::move(job), 3) << "who waits for a job has a copy";
    }
  };
  aio::run(Body::main());
}

TEST(Executor, IsNotShutDownByItsOwnThread) {
  struct Body {
    static Coro<> shut_down_default(Executor executor) {
      aio::set_default_executor(executor);
      co_return;
    }
    static Coro<> main() {
      const Executor executor({.threads = 1});
      const std::string refusal =
          "this thread is one of the executor's own: it cannot wait until they have ended; shut "
          "the executor down from another thread";
      const auto shuts_down = [executor] {
        return tests::refusal([&] { aio::run(executor.shutdown()); });
      };
      EXPECT_EQ(co_await executor.run(shuts_down), refusal);
      const auto ends_with_its_loop = [executor] {
        return tests::refusal([&] { aio::run(shut_down_default(executor)); });
      };
      EXPECT_EQ(co_await executor.run(ends_with_its_loop), refusal);
      EXPECT_EQ(co_await executor.run([] { return 3; }), 3) << "it is as it was";
      const Executor other;
      const auto shuts_down_this_one = [executor] { aio::run(executor.shutdown()); };
      co_await other.run(shuts_down_this_one);
      EXPECT_EQ(executor.threads(), 0U) << "others may";
      co_await other.shutdown();
    }
  };
  aio::run(Body::main());
}

TEST(Executor, ItsLastCopyMayGoInItsOwnThread) {
  struct Job {
    std::shared_ptr<Gate> gone;  // opened when the copy of the executor has gone
    std::shared_ptr<Gate> begun, may_end;
    OpensAtEnd says_so{*gone};
    Executor copy;
    Job(std::shared_ptr<Gate> end, std::shared_ptr<Gate> begin, std::shared_ptr<Gate> held,
        Executor executor)
        : gone(std::move(end)),
          begun(std::move(begin)),
          may_end(std::move(held)),
          copy(std::move(executor)) {}
    void work() const {
      begun->open();
      may_end->wait();
    }
  };
  struct Body {
    static Task<> start(std::shared_ptr<Gate> gone, std::shared_ptr<Gate> begun,
                        std::shared_ptr<Gate> may_end) {
      const Executor executor;
      const auto job = std::make_shared<Job>(gone, begun, may_end, executor);
      const auto works = [job] { job->work(); };
      return aio::create_task(executor.run(works));
    }
    static Coro<> main(std::shared_ptr<Gate> gone, std::shared_ptr<Gate> begun,
                       std::shared_ptr<Gate> may_end) {
      const OpensAtEnd release(*may_end);
      const Task<> job = start(gone, begun, may_end);
      co_await until(*begun);
      job.cancel();
      EXPECT_THROW(co_await job, CancelledError);
      EXPECT_FALSE(gone->is_open()) << "the thread has the last copy";
      may_end->open();
      co_await until(*gone);
    }
  };
  aio::run(
      Body::main(std::make_shared<Gate>(), std::make_shared<Gate>(), std::make_shared<Gate>()));
}

TEST(Executor, RefusesWhatMakesNoSense) {
  Executor executor;
  EXPECT_THROW(executor.resize(0), std::invalid_argument);
  const Executor moved = std::move(executor);
  const std::string empty = "this Executor is empty: it was moved from";
  EXPECT_EQ(tests::refusal([&] { executor.threads(); }), empty);
  EXPECT_EQ(tests::refusal([&] { executor.resize(1); }), empty);
  EXPECT_EQ(tests::refusal([&] { static_cast<void>(executor.shutdown()); }), empty);
  EXPECT_EQ(tests::refusal([&] { static_cast<void>(executor.run([] {})); }), empty);
  EXPECT_EQ(moved.threads(), 0U);
  EXPECT_THROW(aio::set_default_executor(moved), InvalidStateError) << "no loop runs";
}

/// A loop that runs in a thread of its own until it is told to stop, whatever happens to its tasks.
/// It is told by a descriptor, since the ways of lesson 14 may not be written yet.
class LoopThread {
 public:
  LoopThread() : runner_(std::in_place) {
    const auto begun = std::make_shared<Gate>();
    thread_ = std::jthread([this, begun] { run(*begun); });
    begun->wait();
  }
  ~LoopThread() { stop(); }
  aio::EventLoop& loop() { return runner_->loop(); }
  std::thread::id id() const { return thread_.get_id(); }
  bool has_ended() const { return ended_; }
  /// Afterwards there is no loop.
  void stop() {
    if (!thread_.joinable()) return;
    ::eventfd_write(told_.get(), 1);
    thread_.join();
    runner_.reset();
  }

 private:
  void run(Gate& begun) {
    static_cast<void>(tests::refusal([&] { runner_->run(main(begun)); }));
    static_cast<void>(tests::refusal([&] { runner_->close(); }));
    ended_ = true;
    begun.open();
  }
  Coro<> main(Gate& begun) {
    aio::running_loop().add_reader(told_.get(), [this] {
      aio::running_loop().remove_reader(told_.get());
      stop_.set();
    });
    begun.open();
    while (!stop_.is_set()) {
      try {
        co_await stop_.wait();
      } catch (const CancelledError&) {
      }
    }
  }

  const aio::UniqueFd told_{aio::check_syscall("eventfd", ::eventfd(0, EFD_CLOEXEC))};
  std::optional<aio::Runner> runner_;
  aio::Event stop_;
  std::atomic<bool> ended_ = false;
  std::jthread thread_;
};

template <class T>
Coro<T> give(T value) {
  co_await aio::sleep(0s);
  co_return value;
}

/// What is known of a coroutine that waits for ever. Its frame opens `gone`, whether it has begun
/// or not.
struct Waiting {
  Gate begun, gone;
  std::atomic<bool> was_cancelled = false;

  /// Blocks until it has begun, or never will.
  template <class Future>
  bool has_begun(const Future& future) const {
    while (!begun.is_open() && !future.done()) std::this_thread::yield();
    return begun.is_open();
  }
};
using SharedWaiting = std::shared_ptr<Waiting>;

struct OpensWhenItGoes {
  explicit OpensWhenItGoes(SharedWaiting shared) : waiting(std::move(shared)) {}
  OpensWhenItGoes(OpensWhenItGoes&&) noexcept = default;
  OpensWhenItGoes& operator=(OpensWhenItGoes&&) = delete;
  ~OpensWhenItGoes() {
    if (waiting != nullptr) waiting->gone.open();
  }
  SharedWaiting waiting;
};

Coro<> wait_for_ever(OpensWhenItGoes self) {
  self.waiting->begun.open();
  try {
    co_await aio::Future<>();
  } catch (const CancelledError&) {
    self.waiting->was_cancelled = true;
    throw;
  }
}

BlockingFuture<> start_waiting(const SharedWaiting& waiting, aio::EventLoop& loop) {
  return aio::run_coroutine_threadsafe(wait_for_ever(OpensWhenItGoes(waiting)), loop);
}

TEST(RunCoroutineThreadsafe, GivesTheResult) {  // THR-04 EXEC-08
  LoopThread there;
  EXPECT_EQ(aio::run_coroutine_threadsafe(give(7), there.loop()).get(), 7);
  auto moved = aio::run_coroutine_threadsafe(give(std::make_unique<int>(3)), there.loop());
  EXPECT_EQ(*moved.get(), 3);
  struct Body {
    static Coro<> note(std::thread::id& ran_in) {
      ran_in = std::this_thread::get_id();
      co_return;
    }
  };
  std::thread::id ran_in;
  aio::run_coroutine_threadsafe(Body::note(ran_in), there.loop()).get();
  EXPECT_EQ(ran_in, there.id());
}

TEST(RunCoroutineThreadsafe, GivesTheException) {  // THR-04 EXEC-08
  struct Body {
    static Coro<int> fail() {
      co_await aio::sleep(0s);
      throw std::range_error("too far");
    }
  };
  LoopThread there;
  auto future = aio::run_coroutine_threadsafe(Body::fail(), there.loop());
  EXPECT_THROW(future.get(), std::range_error);
  EXPECT_THROW(future.get(), std::range_error) << "an exception may be asked for again";
  EXPECT_FALSE(future.cancelled());
}

TEST(RunCoroutineThreadsafe, ATaskThatIsCancelledThereIsCancelledHere) {  // THR-04 EXEC-08
  struct Body {
    static Coro<> cancels_itself() {
      aio::current_task().cancel();
      co_await aio::sleep(1h);
    }
  };
  LoopThread there;
  auto future = aio::run_coroutine_threadsafe(Body::cancels_itself(), there.loop());
  EXPECT_THROW(future.get(), CancelledError);
  EXPECT_TRUE(future.cancelled());
  EXPECT_FALSE(future.cancel()) << "it is done";
}

TEST(RunCoroutineThreadsafe, CancellingItCancelsTheTask) {  // THR-05 EXEC-08
  LoopThread there;
  const auto waiting = std::make_shared<Waiting>();
  auto future = start_waiting(waiting, there.loop());
  ASSERT_TRUE(waiting->has_begun(future));
  EXPECT_TRUE(future.cancel());
  EXPECT_FALSE(future.cancel());
  EXPECT_THROW(future.get(), CancelledError);
  waiting->gone.wait();
  EXPECT_TRUE(waiting->was_cancelled);
}

TEST(RunCoroutineThreadsafe, AnotherThreadMayCancelWhileOneBlocks) {  // THR-05
  LoopThread there;
  const auto waiting = std::make_shared<Waiting>();
  auto future = start_waiting(waiting, there.loop());
  const std::jthread canceller([&] {
    waiting->has_begun(future);
    EXPECT_EQ(tests::refusal([&] { future.cancel(); }), untroubled);
  });
  EXPECT_THROW(future.get(), CancelledError);
  waiting->gone.wait();
  EXPECT_TRUE(waiting->was_cancelled);
}

TEST(RunCoroutineThreadsafe, CancelledBeforeItBeginsItNeverDoes) {  // THR-05
  struct Body {
    static Coro<> note(std::shared_ptr<bool> ran) {
      *ran = true;
      co_return;
    }
  };
  Gate holds, may_go;
  LoopThread there;
  const OpensAtEnd release(may_go);
  const auto ran = std::make_shared<bool>(false);
  there.loop().call_soon_threadsafe([&] {
    holds.open();
    may_go.wait();
  });
  while (!holds.is_open() && !there.has_ended()) std::this_thread::yield();
  auto future = aio::run_coroutine_threadsafe(Body::note(ran), there.loop());
  EXPECT_TRUE(future.cancel());
  may_go.open();
  there.stop();
  EXPECT_FALSE(*ran);
  EXPECT_EQ(ran.use_count(), 1) << "the coroutine is gone";
}

TEST(RunCoroutineThreadsafe, BlocksNoLongerThanAsked) {  // THR-05
  LoopThread there;
  const auto waiting = std::make_shared<Waiting>();
  auto future = start_waiting(waiting, there.loop());
  EXPECT_THROW(future.get(1ms), aio::TimeoutError);
  EXPECT_FALSE(future.done()) << "the coroutine runs on";
  future.cancel();
  waiting->gone.wait();
}

TEST(RunCoroutineThreadsafe, ALoopThatEndsLetsNobodyWait) {
  LoopThread there;
  const auto waiting = std::make_shared<Waiting>();
  auto future = start_waiting(waiting, there.loop());
  waiting->has_begun(future);
  there.stop();
  EXPECT_THROW(future.get(), CancelledError);
  EXPECT_FALSE(future.cancel()) << "the loop is gone, and is not touched";
}

TEST(RunCoroutineThreadsafe, AClosedLoopIsRefusedAndOneThatNeverRunsCancels) {
  const auto never = std::make_shared<Waiting>();
  std::optional<BlockingFuture<>> future;
  {
    aio::EventLoop loop;
    future.emplace(start_waiting(never, loop));
    EXPECT_FALSE(future->done());
    loop.close();
    EXPECT_THROW(aio::run_coroutine_threadsafe(give(1), loop), InvalidStateError);
  }
  EXPECT_THROW(future->get(), CancelledError);
  EXPECT_FALSE(never->begun.is_open());
  EXPECT_TRUE(never->gone.is_open());
}

TEST(RunCoroutineThreadsafe, ToBlockInTheLoopsOwnThreadIsRefused) {  // THR-04
  struct Body {
    static Coro<> main() {
      auto future = aio::run_coroutine_threadsafe(give(7), aio::running_loop());
      EXPECT_EQ(tests::refusal([&] { future.get(); }),
                "get: the loop that is to run the coroutine runs in this very thread; co_await the "
                "coroutine instead");
      while (!future.done()) co_await aio::sleep(0s);
      EXPECT_EQ(future.get(), 7) << "what is done can be asked for anywhere";
    }
  };
  aio::run(Body::main());
}

TEST(RunCoroutineThreadsafe, TheResultIsTakenOnce) {
  LoopThread there;
  auto future = aio::run_coroutine_threadsafe(give(7), there.loop());
  EXPECT_EQ(future.get(), 7);
  EXPECT_EQ(tests::refusal([&] { future.get(); }), "get: the result has been taken before");
  auto moved = std::move(future);
  EXPECT_THROW(future.get(), InvalidStateError);
  EXPECT_TRUE(moved.done());
}

TEST(RunCoroutineThreadsafe, WithoutItsFutureTheCoroutineRunsOn) {
  struct Body {
    static Coro<> note(OpensWhenItGoes self) {
      for (int i = 0; i < 10; ++i) co_await aio::sleep(0s);
      self.waiting->begun.open();
    }
  };
  LoopThread there;
  const auto waiting = std::make_shared<Waiting>();
  {
    auto future = aio::run_coroutine_threadsafe(Body::note(OpensWhenItGoes(waiting)), there.loop());
    EXPECT_FALSE(future.cancelled());
  }
  waiting->gone.wait();
  EXPECT_TRUE(waiting->begun.is_open()) << "it ran to its end";
}

TEST(RunCoroutineThreadsafe, AFatalErrorGoesToBothSides) {
  struct Body {
    static Coro<> fatal() {
      co_await aio::sleep(0s);
      throw aio::KeyboardInterrupt();
    }
  };
  aio::Runner runner;
  auto future = aio::run_coroutine_threadsafe(Body::fatal(), runner.loop());
  const auto run_to_its_end = [&] {
    while (!future.done()) runner.loop().stop(), runner.loop().run_forever();
  };
  EXPECT_THROW(run_to_its_end(), aio::KeyboardInterrupt);
  ASSERT_TRUE(future.done());
  EXPECT_THROW(future.get(), aio::KeyboardInterrupt);
}

TEST(RunCoroutineThreadsafe, ManyThreadsManyTimesOnceEach) {  // THR-03 THR-04
  struct Body {
    static Coro<int> count(int& counter) {
      co_await aio::sleep(0s);
      co_return ++counter;  // in the loop's thread alone
    }
  };
  LoopThread there;
  int counter = 0;
  std::atomic<long> sum = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        const auto count = [&] {
          for (int k = 0; k < 250; ++k) {
            sum += aio::run_coroutine_threadsafe(Body::count(counter), there.loop()).get();
          }
        };
        EXPECT_EQ(tests::refusal(count), untroubled);
      });
    }
  }
  EXPECT_EQ(sum, 1000 * 1001 / 2);
}

TEST(RunCoroutineThreadsafe, ACancelMayMeetTheEnd) {  // THR-05
  LoopThread there;
  int cancelled = 0, done = 0;
  for (int i = 0; i < 200; ++i) {
    auto future = aio::run_coroutine_threadsafe(give(i), there.loop());
    for (int spins = i % 5; spins > 0; --spins) std::this_thread::yield();
    const bool in_time = future.cancel();
    try {
      EXPECT_EQ(future.get(), i);
      EXPECT_FALSE(in_time);
      ++done;
    } catch (const CancelledError&) {
      EXPECT_TRUE(in_time);
      ++cancelled;
    }
  }
  EXPECT_EQ(cancelled + done, 200);
}

}  // namespace
