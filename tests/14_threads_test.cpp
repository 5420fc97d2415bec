// Lesson 14: work for threads, and what becomes of it. Latches decide who is first, never the time.

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <signal.h>
#include <sys/wait.h>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "support/gate.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::Task, aio::to_thread;
using tests::Gate, tests::until;

const auto compiled = tests::compiled_from(aio::layers::threads);

/// A job that has begun when `begun` opens, and ends when `may_end` does. The thread shares it.
struct Held {
  Gate begun, may_end, ended;
};
using SharedHeld = std::shared_ptr<Held>;

/// Lets the job end when it goes: run() waits for the thread, however a test ends.
struct Release {
  const SharedHeld& held;
  ~Release() { held->may_end.open(); }
};

int held_up(const SharedHeld& held) {
  held->begun.open();
  held->may_end.wait();
  held->ended.open();
  return 7;
}

/// Lets the loop go on until a job has begun, for which a task waits.
template <class Job>
Coro<> begun(const SharedHeld& held, const Job& job) {
  while (!held->begun.is_open()) {
    if (job.done()) throw std::logic_error("the job has not begun, and nobody waits for it");
    co_await aio::sleep(0s);
  }
}

TEST(ToThread, RunsElsewhereAndAnswersHere) {  // EXEC-01 EXEC-07
  struct Body {
    static Coro<> main() {
      const auto here = std::this_thread::get_id();
      const auto there = co_await to_thread([] { return std::this_thread::get_id(); });
      EXPECT_NE(there, here);
      EXPECT_EQ(std::this_thread::get_id(), here);
    }
  };
  aio::run(Body::main());
}

TEST(ToThread, TheLoopStaysResponsive) {  // EXEC-01
  struct Body {
    static Coro<int> main(SharedHeld held) {
      const Release release{held};
      const Task<int> job = aio::create_task(to_thread(held_up, held));
      co_await begun(held, job);
      for (int turns = 0; turns < 10; ++turns) co_await aio::sleep(0s);
      EXPECT_FALSE(job.done());
      held->may_end.open();
      co_return co_await job;
    }
  };
  EXPECT_EQ(aio::run(Body::main(std::make_shared<Held>())), 7);
}

TEST(ToThread, ResultsAndArgumentsMayBeAnything) {  // EXEC-01 EXEC-07
  struct Body {
    static Coro<> main(std::string& text, bool& called) {
      EXPECT_EQ(co_await to_thread([](std::string copy) { return copy += "d"; }, text), "abcd");
      EXPECT_EQ(text, "abc") << "the thread works on a copy";
      std::string& same = co_await to_thread([&text]() -> std::string& { return text; });
      EXPECT_EQ(&same, &text);
      auto moved = std::make_unique<int>(3);
      const auto back =
          co_await to_thread([](std::unique_ptr<int> p) { return p; }, std::move(moved));
      EXPECT_EQ(*back, 3);
      co_await to_thread([&called] { called = true; });
      EXPECT_TRUE(called);
    }
  };
  std::string text = "abc";  // a job that has begun goes on when who awaits it is gone
  bool called = false;
  aio::run(Body::main(text, called));
}

TEST(ToThread, AnExceptionComesBack) {  // EXEC-01
  struct Body {
    static Coro<> main() {
      co_await to_thread([] { throw std::range_error("too far"); });
    }
  };
  EXPECT_THROW(aio::run(Body::main()), std::range_error);
}

TEST(ToThread, BeginsWhenItIsAwaited) {  // EXEC-07
  struct Body {
    static Coro<> main(int& calls) {
      Coro<> job = to_thread([&calls] { ++calls; });
      co_await aio::sleep(0s);
      EXPECT_EQ(calls, 0);
      co_await std::move(job);
    }
  };
  int calls = 0;
  aio::run(Body::main(calls));
  EXPECT_EQ(calls, 1);
}

TEST(ToThread, ManyAtOnceAreEachDoneOnce) {  // EXEC-07
  constexpr int jobs = 1000;
  struct Body {
    static Coro<std::vector<int>> main() {
      std::vector<Task<int>> tasks;
      for (int i = 0; i < jobs; ++i) {
        tasks.push_back(aio::create_task(to_thread([i] { return i; })));
      }
      std::vector<int> results;
      for (const Task<int>& task : tasks) results.push_back(co_await task);
      co_return results;
    }
  };
  const std::vector<int> results = aio::run(Body::main());
  ASSERT_EQ(results.size(), std::size_t{jobs});
  for (int i = 0; i < jobs; ++i) EXPECT_EQ(results[std::size_t(i)], i);
}

TEST(ToThread, CancelReturnsAtOnceAndTheJobGoesOn) {  // EXEC-03
  struct Body {
    static Coro<> main(SharedHeld held) {
      const Release release{held};
      const Task<int> waits = aio::create_task(to_thread(held_up, held));
      co_await begun(held, waits);
      waits.cancel();
      EXPECT_THROW(co_await waits, CancelledError);
      EXPECT_FALSE(held->ended.is_open()) << "the job has not ended, and nobody waits for it";
      held->may_end.open();
      co_await until(held->ended);
    }
  };
  aio::run(Body::main(std::make_shared<Held>()));
}

TEST(ToThread, WhatHasNotBegunNeverWill) {  // EXEC-04
  struct Body {
    static Coro<> main(SharedHeld held, int& calls) {
      const Release release{held};
      std::vector<Task<int>> busy;  // more than there are threads
      for (int i = 0; i < 100; ++i) {
        busy.push_back(aio::create_task(to_thread(held_up, held)));
      }
      const Task<> late = aio::create_task(to_thread([&calls] { ++calls; }));
      co_await aio::sleep(0s);
      late.cancel();
      EXPECT_THROW(co_await late, CancelledError);
      held->may_end.open();
      for (const Task<int>& task : busy) EXPECT_EQ(co_await task, 7);
    }
  };
  int calls = 0;
  aio::run(Body::main(std::make_shared<Held>(), calls));
  EXPECT_EQ(calls, 0);
}

TEST(ToThread, AJobThatOutlivesTheLoopDoesNotTouchIt) {  // EXEC-05
  const auto held = std::make_shared<Held>();
  const Release release{held};
  {
    aio::EventLoop loop;
    const Task<int> task = aio::create_task_on(loop, to_thread(held_up, held));
    while (!held->begun.is_open() && !task.done()) loop.stop(), loop.run_forever();
  }
  ASSERT_TRUE(held->begun.is_open());
  held->may_end.open();
  held->ended.wait();
}

TEST(ToThread, SilenceIsNoDeadlockWhileAThreadWorks) {
  struct Body {
    static Coro<int> main(SharedHeld held) {
      const Release release{held};
      const Task<int> job = aio::create_task(to_thread(held_up, held));
      co_await begun(held, job);
      std::jthread([held] {  // the loop is at rest by then
        std::this_thread::sleep_for(50ms);
        held->may_end.open();
      })
          .detach();
      co_return co_await job;
    }
  };
  aio::VirtualClock clock;
  EXPECT_EQ(aio::run(Body::main(std::make_shared<Held>()), {.clock = &clock}), 7);
}

/// Whether a program that is started here can be ended by SIGTERM.
bool a_child_can_be_ended() {
  const int status = std::system("kill -TERM $$; exit 7");
  return WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
}

TEST(ToThread, AProgramThatIsStartedThereCanBeEnded) {
  struct Body {
    static Coro<bool> main() { co_return co_await to_thread(a_child_can_be_ended); }
  };
  EXPECT_TRUE(aio::run(Body::main()));
}

TEST(ToThread, AHandlerOfItsCrashRunsThere) {
  static std::atomic<bool> handled;
  handled = false;
  struct sigaction before {
  }, ours{};
  ours.sa_handler = [](int) { handled = true; };
  ::sigaction(SIGSEGV, &ours, &before);
  struct Body {
    static Coro<> main() {
      co_await to_thread([] { ::raise(SIGSEGV); });
    }
  };
  aio::run(Body::main());
  ::sigaction(SIGSEGV, &before, nullptr);
  EXPECT_TRUE(handled);
}

TEST(Run_Threads, AreWaitedFor) {  // RUN-05
  struct Body {
    static Coro<> job(SharedHeld held) {
      try {
        co_await to_thread(held_up, held);
      } catch (const CancelledError&) {
        held->may_end.open();  // run() is ending, and the thread goes on only now
        throw;
      }
    }
    static Coro<> main(SharedHeld held) {
      const Task<> waits = aio::create_task(job(held));
      co_await begun(held, waits);
    }
  };
  const auto held = std::make_shared<Held>();
  aio::run(Body::main(held));
  EXPECT_TRUE(held->ended.is_open());
}

TEST(Run_Threads, TakeTooLong) {  // RUN-05
  struct Body {
    static Coro<> main(SharedHeld held) {
      const Task<int> job = aio::create_task(to_thread(held_up, held));
      co_await begun(held, job);
    }
  };
  const auto held = std::make_shared<Held>();
  aio::Runner runner;
  const Release release{held};  // goes first
  std::vector<std::string> reports;
  runner.loop().set_exception_handler([&reports](const aio::ExceptionContext& context) {
    reports.push_back(context.message + ": " + context.source);
  });
  runner.run(Body::main(held));
  runner.close(1ms);
  EXPECT_EQ(reports, std::vector<std::string>{"run() has waited long enough, and goes on without "
                                              "them: jobs of to_thread()"});
}

TEST(Run_Threads, TakeNothingNewWhileTheyEnd) {  // EXEC-06
  struct Body {
    static Coro<> main() {
      co_await to_thread([] {});
    }
    static Coro<> late(aio::EventLoop& loop, std::string& refusal) {
      co_await loop.attachment<aio::detail::DefaultExecutor>().end();
      try {
        co_await to_thread([] {});
      } catch (const aio::InvalidStateError& error) {
        refusal = error.what();
      }
    }
  };
  aio::Runner runner;
  std::string refusal;
  runner.run(Body::main());
  runner.run(Body::late(runner.loop(), refusal));
  EXPECT_EQ(refusal,
            "these threads take no new jobs: their loop is ending, or shutdown() was called");
}

TEST(Run_Threads, CleaningUpMayNeedThem) {  // RUN-05 RUN-02
  struct Body {
    static Coro<> cleans_up(int& cleaned) {
      try {
        co_await aio::sleep(1h);
      } catch (const CancelledError&) {
      }
      cleaned = co_await to_thread([] { return 1; });
    }
    static Coro<> main(int& cleaned) {
      aio::create_task(cleans_up(cleaned));
      co_await aio::sleep(0s);
    }
  };
  int cleaned = 0;
  aio::run(Body::main(cleaned));
  EXPECT_EQ(cleaned, 1);
}

}  // namespace
