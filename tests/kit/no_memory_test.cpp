// What must not fail when memory has run out: asking to stop, whatever is waited for, and the end
// of a block with children.
//
// A program of its own, since its operator new hands out nothing when it is told so (scarce.cpp),
// and since the pool is switched off: each frame and each node of the runtime is an allocation
// here.

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <aio/as_completed.hpp>
#include <aio/clock.hpp>
#include <aio/condition.hpp>
#include <aio/event.hpp>
#include <aio/gather.hpp>
#include <aio/lock.hpp>
#include <aio/queue.hpp>
#include <aio/semaphore.hpp>
#include <aio/shield.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>
#include <aio/threads.hpp>
#include <aio/timeout.hpp>
#include <aio/wait.hpp>
#include <aio/wait_for.hpp>

#include "scarce.hpp"

namespace {

static_assert(!AIO_POOL_RECYCLES);

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::ExceptionGroup, aio::Task, aio::TaskGroup;
using aio::create_task, aio::sleep, tests::Scarce;

template <class T>
T run_virtual(Coro<T> coro) {
  aio::VirtualClock clock;
  return aio::run(std::move(coro), aio::LoopOptions{.clock = &clock});
}

// ── the end of a block ──

/// How many were thrown together.
int failures_in(const std::exception_ptr& told) {
  if (told == nullptr) return 0;
  try {
    std::rethrow_exception(told);
  } catch (const ExceptionGroup& group) {
    return static_cast<int>(group.count());
  } catch (...) {
    return 1;
  }
}

/// A block with children that end, stop and fail, and what became of them.
struct Block {
  int alive = 0;            // children
  int thrown = 0;           // failures of children, and of the body
  std::exception_ptr told;  // what has left the block
  bool began = false, was_refused = false;

  /// Notes what it fails with, be it for want of memory.
  Coro<> noted(Coro<> work) {
    ++alive;
    try {
      co_await std::move(work);
    } catch (const CancelledError&) {
      --alive;
      throw;
    } catch (...) {
      --alive;
      ++thrown;
      throw;
    }
    --alive;
  }
  static Coro<> fail(std::chrono::seconds when) {
    co_await sleep(when);
    throw std::runtime_error("a child");
  }
  Coro<> body(TaskGroup& group, bool fails) {
    began = true;
    try {
      group.create_task(noted(sleep_for(1s)));
      group.create_task(noted(sleep_for(1000s)));
      group.create_task(noted(fail(2s)));
      group.create_task(noted(fail(2s)));
      co_await sleep(fails ? 1s : 2000s);
      throw std::runtime_error("the body");
    } catch (const std::exception&) {
      ++thrown;
      throw;
    }
  }
  static Coro<> sleep_for(std::chrono::seconds time) { co_await sleep(time); }

  /// The whole of it, with so many blocks of memory.
  Coro<> run(std::size_t blocks, bool body_fails) {
    const auto in_it = [&](TaskGroup& group) -> Coro<> { return body(group, body_fails); };
    const Scarce scarce(blocks);
    try {
      co_await aio::task_group(in_it);
    } catch (const CancelledError&) {
    } catch (...) {
      told = std::current_exception();
    }
    was_refused = Scarce::refused() > 0;
  }
};

/// Tries each number of blocks until none is refused. Returns how many that were.
template <class Try>
std::size_t with_ever_more_memory(Try try_with) {
  std::size_t blocks = 0;
  while (try_with(blocks)) ++blocks;
  return blocks;
}

void lose_nobody_and_no_failure(bool body_fails, bool is_stopped) {
  const std::size_t tried = with_ever_more_memory([&](std::size_t blocks) {
    Block block;
    run_virtual([](Block& in, std::size_t count, bool fails, bool stop) -> Coro<> {
      const Task<> owner = create_task(in.run(count, fails));
      if (stop) aio::running_loop().call_later(1s, [owner] { owner.cancel(); });
      co_await owner;
      EXPECT_EQ(in.alive, 0) << "the block has ended before its children";
    }(block, blocks, body_fails, is_stopped));
    if (block.began) {
      EXPECT_EQ(failures_in(block.told), block.thrown) << "with " << blocks << " blocks";
    }
    return block.was_refused && !testing::Test::HasFailure();
  });
  EXPECT_GT(tried, 10U) << "memory has run out at each allocation";
}

TEST(TaskGroup_NoMemory, LosesNobodyAndNoFailure) { lose_nobody_and_no_failure(false, false); }
TEST(TaskGroup_NoMemory, WhenTheBodyFailsEither) { lose_nobody_and_no_failure(true, false); }
TEST(TaskGroup_NoMemory, WhenTheOwnerIsStoppedEither) { lose_nobody_and_no_failure(false, true); }

// ── requests to stop ──

bool cancelled_without_memory(const Task<>& task) {
  const Scarce scarce(0);
  return task.cancel();
}

/// Waits for ever, each in another way.
struct Waits {
  aio::Event event;
  aio::Lock lock;
  aio::Semaphore semaphore{0};
  aio::Condition condition;
  aio::Queue<int> queue;
  aio::Future<> future;

  static Coro<> an_hour() { co_await sleep(1h); }
  Coro<> for_a_time() { co_await sleep(1h); }
  Coro<> for_an_event() { co_await event.wait(); }
  Coro<> for_a_lock() {
    const auto held = co_await lock.scoped();
    const auto again = co_await lock.scoped();
  }
  Coro<> for_a_semaphore() { co_await semaphore.acquire(); }
  Coro<> for_a_condition() {
    const auto held = co_await condition.scoped();
    co_await condition.wait();
  }
  Coro<> for_an_item() { co_await queue.get(); }
  Coro<> for_a_future() { co_await future; }
  Coro<> for_a_task() { co_await create_task(an_hour()); }
  Coro<> for_a_gather() { co_await aio::gather(an_hour(), an_hour()); }
  Coro<> for_a_shield() { co_await aio::shield(create_task(an_hour())); }
  Coro<> for_a_limit() { co_await aio::wait_for(an_hour(), 2h); }
  Coro<> for_some() {
    std::vector<Task<>> all;
    all.push_back(create_task(an_hour()));
    all.push_back(create_task(an_hour()));
    co_await aio::wait(all);
  }
  Coro<> for_one_after_the_other() {
    std::vector<Task<>> all;
    all.push_back(create_task(an_hour()));
    all.push_back(create_task(an_hour()));
    auto completed = aio::as_completed(std::move(all));
    co_await completed.next();
  }
  Coro<> for_a_group() {
    const auto body = [](TaskGroup& group) -> Coro<> {
      group.create_task(an_hour());
      co_await an_hour();
    };
    co_await aio::task_group(body);
  }
  Coro<> for_the_end_of_a_group() {
    const auto body = [](TaskGroup& group) -> Coro<> {
      group.create_task(an_hour());
      co_return;
    };
    co_await aio::task_group(body);
  }
  Coro<> for_bytes() {
    std::array<int, 2> ends{};
    aio::check_syscall(
        "socketpair",
        ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()));
    const aio::UniqueFd there(ends[1]);
    aio::Stream here = aio::Stream::adopt(aio::UniqueFd(ends[0]));
    co_await here.read(1);
  }
};

TEST(Cancel_NoMemory, WorksWhateverIsWaitedFor) {
  using Wait = Coro<> (Waits::*)();
  const std::vector<std::pair<std::string, Wait>> all{
      {"an event", &Waits::for_an_event},
      {"a lock", &Waits::for_a_lock},
      {"a semaphore", &Waits::for_a_semaphore},
      {"a condition", &Waits::for_a_condition},
      {"an item", &Waits::for_an_item},
      {"a future", &Waits::for_a_future},
      {"a task", &Waits::for_a_task},
      {"a sleep", &Waits::for_a_time},
      {"a gather", &Waits::for_a_gather},
      {"a shield", &Waits::for_a_shield},
      {"a time limit", &Waits::for_a_limit},
      {"some of several", &Waits::for_some},
      {"one after the other", &Waits::for_one_after_the_other},
      {"the body of a group", &Waits::for_a_group},
      {"the end of a group", &Waits::for_the_end_of_a_group},
      {"bytes", &Waits::for_bytes},
  };
  for (const auto& [name, wait] : all) {
    run_virtual([](Wait for_it, const std::string& what) -> Coro<> {
      Waits waits;
      const Task<> task = create_task((waits.*for_it)());
      for (int i = 0; i < 3; ++i) co_await sleep(0s);
      EXPECT_TRUE(cancelled_without_memory(task)) << what << ": it was over";
      while (!task.done()) co_await sleep(1s);
      EXPECT_TRUE(task.cancelled()) << what;
    }(wait, name));
  }
}

TEST(BlockingFuture_NoMemory, CancelNeedsNone) {
  aio::run([]() -> Coro<> {
    aio::EventLoop& loop = aio::running_loop();
    bool stopped = false;
    std::atomic<bool> begun = false;
    const auto work = [&stopped, &begun]() -> Coro<int> {
      begun = true;
      begun.notify_all();
      try {
        co_await sleep(1h);
      } catch (const CancelledError&) {
        stopped = true;
        throw;
      }
      co_return 7;
    };
    const auto ask = [&loop, &work, &begun] {
      auto future = aio::run_coroutine_threadsafe(work(), loop);
      begun.wait(false);
      {
        const Scarce scarce(0);
        EXPECT_TRUE(future.cancel());
      }
      EXPECT_EQ(Scarce::refused(), 0U);
    };
    co_await aio::to_thread(ask);
    co_await sleep(0s);
    EXPECT_TRUE(stopped) << "its task has heard of it";
  }());
}

}  // namespace
