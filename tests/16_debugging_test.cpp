// Lesson 16: signals.

#include <chrono>
#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include <aio/event_loop.hpp>
#include <aio/signals.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/timeout.hpp>

#include "support/elsewhere.hpp"
#include "support/iterations.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::EventLoop, aio::add_signal_handler, aio::remove_signal_handler;

const auto compiled = tests::compiled_from(aio::layers::signals);

/// Whether a signal has its default effect.
bool is_default(int number) {
  struct sigaction now {};
  ::sigaction(number, nullptr, &now);
  return now.sa_handler == SIG_DFL;
}

// SIG-01
TEST(Signals, RunOnTheLoopAsCallbacks) {
  std::vector<std::string> order;  // outlives the handler
  aio::run([](std::vector<std::string>& events) -> Coro<> {
    add_signal_handler(SIGUSR1, [&events, word = std::string("signal")] {
      events.push_back(word);
      EXPECT_NE(&aio::running_loop(), nullptr);
    });
    ::raise(SIGUSR1);
    events.push_back("raised");
    co_await tests::iterations();
    EXPECT_TRUE(remove_signal_handler(SIGUSR1));
  }(order));
  EXPECT_EQ(order, (std::vector<std::string>{"raised", "signal"}));
}

// SIG-01: each arrival is told
TEST(Signals, EachArrivalIsTold) {
  aio::run([]() -> Coro<> {
    int calls = 0;
    add_signal_handler(SIGUSR1, [&calls] { ++calls; });
    for (int i = 0; i < 3; ++i) ::raise(SIGUSR1);
    co_await tests::iterations();
    EXPECT_EQ(calls, 3);
  }());
}

// SIG-01: another process sends it while the loop sleeps
TEST(Signals, WakeALoopThatSleeps) {
  EventLoop loop;
  add_signal_handler(
      SIGUSR1, [&loop] { loop.stop(); }, loop);
  const pid_t child = ::fork();
  if (child == 0) {
    ::kill(::getppid(), SIGUSR1);
    ::_exit(0);
  }
  loop.run_forever();  // it has nothing else to do, and that is no deadlock
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
}

// SIG-02
TEST(Signals, TheSecondHandlerReplacesTheFirst) {
  aio::run([]() -> Coro<> {
    int first = 0, second = 0;
    add_signal_handler(SIGUSR1, [&first] { ++first; });
    add_signal_handler(SIGUSR1, [&second] { ++second; });
    ::raise(SIGUSR1);
    co_await tests::iterations();
    EXPECT_EQ(first, 0);
    EXPECT_EQ(second, 1);
  }());
}

// SIG-03
TEST(Signals, RemovingRestoresWhatWasBefore) {
  EventLoop loop;
  EXPECT_FALSE(remove_signal_handler(SIGUSR1, loop)) << "there was none";
  add_signal_handler(
      SIGUSR1, [] {}, loop);
  EXPECT_FALSE(is_default(SIGUSR1));
  EXPECT_TRUE(remove_signal_handler(SIGUSR1, loop));
  EXPECT_TRUE(is_default(SIGUSR1));
  EXPECT_FALSE(remove_signal_handler(SIGUSR1, loop));
}

// SIG-03: run() takes SIGINT; a handler stands in its place, and gives it back
TEST(Signals, ForCtrlCTheHandlerStandsInForRun) {
  int calls = 0;
  aio::run([](int& count) -> Coro<> {
    add_signal_handler(SIGINT, [&count] { ++count; });
    ::raise(SIGINT);
    co_await tests::iterations();
    EXPECT_EQ(count, 1);
    EXPECT_TRUE(remove_signal_handler(SIGINT));
    ::raise(SIGINT);
    EXPECT_THROW(co_await aio::sleep(1h), aio::CancelledError);
  }(calls));
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(is_default(SIGINT));
}

TEST(Signals, AHandlerThatOutlivesRunGivesBackTheDefault) {
  aio::run([]() -> Coro<> {
    add_signal_handler(SIGINT, [] {});
    co_return;
  }());
  EXPECT_TRUE(is_default(SIGINT));
}

// SIG-04
TEST(Signals, WhatCannotBeHandledIsRefused) {
  EventLoop loop;
  const auto add = [&loop](int number) {
    add_signal_handler(
        number, [] {}, loop);
  };
  for (const int number : {-1, 0, NSIG, SIGSEGV, SIGFPE}) {
    EXPECT_THROW(add(number), std::invalid_argument) << number;
  }
  for (const int number : {SIGKILL, SIGSTOP}) EXPECT_THROW(add(number), std::system_error);
  EXPECT_THROW(add_signal_handler(SIGUSR1, nullptr, loop), std::invalid_argument);
  EXPECT_TRUE(is_default(SIGUSR1));
}

// SIG-05
TEST(Signals, AClosedLoopHasNoHandlers) {
  const auto alive = std::make_shared<int>(0);
  {
    EventLoop loop;
    for (const int number : {SIGUSR1, SIGUSR2}) {
      add_signal_handler(
          number, [alive] {}, loop);
    }
    ::raise(SIGUSR1);  // queued at most, and never told
    loop.close();
    EXPECT_TRUE(is_default(SIGUSR1));
    EXPECT_TRUE(is_default(SIGUSR2));
    EXPECT_EQ(alive.use_count(), 1);
    EXPECT_THROW(add_signal_handler(
                     SIGUSR1, [] {}, loop),
                 aio::InvalidStateError);
  }
  EventLoop other;
  add_signal_handler(
      SIGUSR1, [] {}, other);
}

// SIG-06
TEST(Signals, AHandlerMayTakeItselfAwayAndOthers) {
  aio::run([]() -> Coro<> {
    int calls = 0, others = 0;
    add_signal_handler(SIGUSR2, [&others] { ++others; });
    add_signal_handler(SIGUSR1, [&calls, word = std::string(100, 'x')] {
      EXPECT_TRUE(remove_signal_handler(SIGUSR1));
      EXPECT_TRUE(remove_signal_handler(SIGUSR2));
      EXPECT_EQ(word, std::string(100, 'x')) << "what it captured must outlast the call";
      ++calls;
    });
    ::raise(SIGUSR1);
    co_await tests::iterations();
    EXPECT_EQ(calls, 1);
    EXPECT_EQ(others, 0);
    EXPECT_TRUE(is_default(SIGUSR1));
    EXPECT_TRUE(is_default(SIGUSR2));
  }());
}

// SIG-07
TEST(Signals, BelongToTheMainThread) {
  std::optional<std::string> refused;
  tests::elsewhere([&refused] {
    EventLoop loop;
    try {
      add_signal_handler(
          SIGUSR1, [] {}, loop);
    } catch (const aio::InvalidStateError& error) {
      refused = error.what();
    }
  });
  EXPECT_EQ(refused, "signals are handled by a loop of the main thread, not by this one");
}

TEST(Signals, BelongToOneLoop) {
  EventLoop loop, other;
  add_signal_handler(
      SIGUSR1, [] {}, loop);
  EXPECT_THROW(add_signal_handler(
                   SIGUSR1, [] {}, other),
               aio::InvalidStateError);
  EXPECT_FALSE(remove_signal_handler(SIGUSR1, other));
}

TEST(Signals, CanBeAwaited) {
  aio::run([]() -> Coro<> {
    const auto first = aio::create_task(aio::signal(SIGUSR1));
    const auto second = aio::create_task(aio::signal(SIGUSR1));
    co_await tests::iterations();
    ::raise(SIGUSR1);
    co_await first;
    co_await second;
    EXPECT_TRUE(is_default(SIGUSR1)) << "nobody waits any more";
    const auto wait = [] { return aio::signal(SIGUSR1); };
    EXPECT_THROW(co_await aio::timeout(1ms, wait), aio::TimeoutError);
    EXPECT_TRUE(is_default(SIGUSR1));
  }());
}

TEST(Signals, AChildOfForkHasNoneOfThem) {
  EventLoop loop;
  add_signal_handler(
      SIGUSR1, [] {}, loop);
  const pid_t child = ::fork();
  if (child == 0) ::_exit(is_default(SIGUSR1) ? 0 : 1);
  int status = -1;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_FALSE(is_default(SIGUSR1)) << "the parent's stays";
}

}  // namespace
