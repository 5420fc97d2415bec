// Lesson 16: signals. The system delivers what raise() sends before it returns.

#include <chrono>
#include <functional>
#include <memory>
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
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::EventLoop, aio::add_signal_handler, aio::create_task;
using aio::remove_signal_handler, aio::stop_signal;
using tests::LooksLike, tests::Seen, tests::Story;

const auto compiled = tests::compiled_from(aio::layers::signals);

constexpr const char* gone =
    "the handler of the system still wakes a loop that has been closed: give_back() is to be "
    "called, "
    "and to clear the slot";

/// Whether a signal has its default effect.
bool is_default(int number) {
  struct sigaction now {};
  ::sigaction(number, nullptr, &now);
  return now.sa_handler == SIG_DFL;
}

/// What handlers use: it outlives them.
struct Heard {
  Story story;
  int calls = 0, others = 0;
};

// SIG-01
TEST(Step4_Signals, RunOnTheLoopAsCallbacks) {
  Story story;
  aio::run([](Story& told) -> Coro<> {
    add_signal_handler(SIGUSR1, [&told, word = std::string("S")] {
      told.ran(word);
      EXPECT_NE(&aio::running_loop(), nullptr);
    });
    told.step("S handles the signal, which comes in the middle of R");
    ::raise(SIGUSR1);
    told.ran("R");
    co_await tests::iterations();
    EXPECT_STORY(told, told.order(), "R S", "the handler of the system counts and wakes the loop",
                 LooksLike{std::string("R"), "nobody-wakes-the-loop"});
    EXPECT_TRUE(remove_signal_handler(SIGUSR1));
  }(story));
}

// SIG-01: each arrival is told
TEST(Step4_Signals, EachArrivalIsTold) {
  Heard heard;
  aio::run([](Heard& all) -> Coro<> {
    auto& [told, calls, unused] = all;
    add_signal_handler(SIGUSR1, [&calls] { ++calls; });
    told.step("the signal comes three times before the loop looks");
    for (int i = 0; i < 3; ++i) ::raise(SIGUSR1);
    co_await tests::iterations();
    EXPECT_STORY(told, calls, 3, "it is counted how often it has come", Seen{1, "many-are-one"},
                 LooksLike{0, "nobody-wakes-the-loop"});
    told.step("and once more");
    ::raise(SIGUSR1);
    co_await tests::iterations();
    EXPECT_STORY(told, calls, 4, "what was told is not told again", Seen{7, "counts-again"});
  }(heard));
}

// SIG-01: those that come while its callback runs
TEST(Step4_Signals, MayComeWhileTheirCallbackRuns) {
  Heard heard;
  aio::run([](Heard& all) -> Coro<> {
    auto& [told, calls, unused] = all;
    add_signal_handler(SIGUSR1, [&calls] {
      if (++calls < 3) ::raise(SIGUSR1);
    });
    told.step("the handler's callback raises the signal again, twice");
    ::raise(SIGUSR1);
    co_await tests::iterations();
    EXPECT_STORY(told, calls, 3, "one that comes meanwhile has a callback of its own");
  }(heard));
}

// SIG-01: another process sends it while the loop sleeps
TEST(Step4_Signals, WakeALoopThatSleeps) {
  Story story;
  EventLoop loop;
  bool came = false;
  add_signal_handler(
      SIGUSR1,
      [&] {
        came = true;
        loop.stop();
      },
      loop);
  const auto too_long = loop.call_later(2s, [&loop] { loop.stop(); });
  story.step("the loop sleeps, and another process sends the signal");
  const pid_t child = ::fork();
  if (child == 0) {
    ::kill(::getppid(), SIGUSR1);
    ::_exit(0);
  }
  loop.run_forever();
  EXPECT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_STORY(story, came, true, "the handler of the system must ask the loop to look",
               LooksLike{false, "nobody-wakes-the-loop"});
}

// SIG-02
TEST(Step4_Signals, TheSecondHandlerReplacesTheFirst) {
  Heard heard;
  aio::run([](int& first, int& second) -> Coro<> {
    add_signal_handler(SIGUSR1, [&first] { ++first; });
    add_signal_handler(SIGUSR1, [&second] { ++second; });
    ::raise(SIGUSR1);
    co_await tests::iterations();
  }(heard.calls, heard.others));
  EXPECT_EQ(heard.calls, 0);
  EXPECT_EQ(heard.others, 1);
}

void handle_nothing(int) {}

/// What handles a signal.
void (*handler_of(int number))(int) {
  struct sigaction now {};
  ::sigaction(number, nullptr, &now);
  return now.sa_handler;
}

// SIG-03
TEST(Step4_Signals, RemovingRestoresWhatWasBefore) {
  Story story;
  EventLoop loop;
  const tests::Suspicion suspicion(gone);
  EXPECT_FALSE(remove_signal_handler(SIGUSR1, loop)) << "there was none";
  ::signal(SIGUSR1, handle_nothing);
  add_signal_handler(
      SIGUSR1, [] {}, loop);
  EXPECT_NE(handler_of(SIGUSR1), handle_nothing);
  story.step("the program handles the signal, a loop does, and then no longer");
  EXPECT_TRUE(remove_signal_handler(SIGUSR1, loop));
  EXPECT_STORY(story, handler_of(SIGUSR1) == handle_nothing, true,
               "what handled it before handles it again",
               LooksLike{false, "the-default-in-place-of-it"});
  EXPECT_FALSE(remove_signal_handler(SIGUSR1, loop));
  ::signal(SIGUSR1, SIG_DFL);
}

// SIG-03: run() takes SIGINT; a handler stands in its place, and gives it back
TEST(Step4_Signals, ForCtrlCTheHandlerStandsInForRun) {
  Story story;
  int calls = 0;
  aio::run([](Story& told, int& count) -> Coro<> {
    add_signal_handler(SIGINT, [&count] { ++count; });
    told.step("a handler for SIGINT, which comes");
    ::raise(SIGINT);
    co_await tests::iterations();
    EXPECT_STORY(told, count, 1, "it is the handler's");
    EXPECT_TRUE(remove_signal_handler(SIGINT));
    if (is_default(SIGINT)) {  // the next one would end this process
      EXPECT_STORY(told, std::string("the default"), "the handler of run()",
                   "what handled it before handles it again",
                   LooksLike{std::string("the default"), "the-default-in-place-of-it"});
      co_return;
    }
    told.step("no handler any more, and SIGINT comes again");
    ::raise(SIGINT);
    EXPECT_THROW(co_await aio::sleep(1s), aio::CancelledError);
  }(story, calls));
  EXPECT_EQ(calls, 1);
  EXPECT_TRUE(is_default(SIGINT));
}

TEST(Step4_Signals, AHandlerThatOutlivesRunGivesBackTheDefault) {
  Story story;
  story.step("run() ends, and a handler of SIGINT is still there");
  aio::run([]() -> Coro<> {
    add_signal_handler(SIGINT, [] {});
    co_return;
  }());
  EXPECT_STORY(story, is_default(SIGINT), true,
               "run() is over, so its handler must not come back: it would do nothing",
               LooksLike{false, "a-dead-handler-comes-back"});
  ::signal(SIGINT, SIG_DFL);
}

// SIG-04
TEST(Step4_Signals, WhatCannotBeHandledIsRefused) {
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
}

// SIG-05
TEST(Step4_Signals, AClosedLoopHasNoHandlers) {
  Story story;
  const tests::Suspicion suspicion(gone);
  const auto alive = std::make_shared<int>(0);
  {
    EventLoop loop;
    for (const int number : {SIGUSR1, SIGUSR2}) {
      add_signal_handler(
          number, [alive] {}, loop);
    }
    ::raise(SIGUSR1);  // queued at most, and never told
    loop.close();
    story.step("handlers for two signals, one of which has come; the loop is closed");
    EXPECT_STORY(story, is_default(SIGUSR1) && is_default(SIGUSR2), true,
                 "a closed loop gives its signals back");
    EXPECT_STORY(story, alive.use_count(), 1, "nobody keeps what the handlers own");
    EXPECT_THROW(add_signal_handler(
                     SIGUSR1, [] {}, loop),
                 aio::InvalidStateError);
  }
  EventLoop other;
  int calls = 0;
  add_signal_handler(
      SIGUSR1, [&calls] { ++calls; }, other);
  story.step("another loop takes SIGUSR1, which comes once more");
  ::raise(SIGUSR1);
  for (int i = 0; i < 3; ++i) {
    other.call_soon([] {});
    other.run_once();
  }
  EXPECT_STORY(story, calls, 1, "what came to the first loop is not the second one's",
               LooksLike{2, "left-for-the-next-one"});
}

// SIG-06
TEST(Step4_Signals, AHandlerMayTakeItselfAwayAndOthers) {
  Heard heard;
  const tests::Suspicion suspicion(
      "the handler was destroyed while it ran: keep a copy of the shared_ptr, and of the object");
  aio::run([](Heard& all) -> Coro<> {
    auto& [told, calls, others] = all;
    add_signal_handler(SIGUSR2, [&others] { ++others; });
    add_signal_handler(SIGUSR1, [&calls, word = std::string(100, 'x')] {
      EXPECT_TRUE(remove_signal_handler(SIGUSR1));
      EXPECT_TRUE(remove_signal_handler(SIGUSR2));
      if (word != std::string(100, 'x')) ADD_FAILURE() << "what it captured must outlast the call";
      ++calls;
    });
    told.step("the handler of SIGUSR1 takes itself away, and that of SIGUSR2");
    ::raise(SIGUSR1);
    co_await tests::iterations();
    EXPECT_STORY(told, calls, 1, "it is called once");
    EXPECT_EQ(others, 0);
    EXPECT_TRUE(is_default(SIGUSR1));
    EXPECT_TRUE(is_default(SIGUSR2));
  }(heard));
}

// SIG-07
TEST(Step4_Signals, BelongToTheMainThread) {
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

TEST(Step4_Signals, BelongToOneLoop) {
  EventLoop loop, other;
  add_signal_handler(
      SIGUSR1, [] {}, loop);
  EXPECT_THROW(add_signal_handler(
                   SIGUSR1, [] {}, other),
               aio::InvalidStateError);
  EXPECT_FALSE(remove_signal_handler(SIGUSR1, other));
}

TEST(Step4_Signals, CanBeAwaited) {
  Story story;
  aio::run([](Story& told) -> Coro<> {
    const auto first = create_task(aio::signal(SIGUSR1));
    const auto second = create_task(aio::signal(SIGUSR1));
    told.step("two tasks wait for a signal, which comes");
    co_await tests::iterations();
    ::raise(SIGUSR1);
    co_await tests::iterations();
    EXPECT_STORY(told, first.done() && second.done(), true, "run() tells all who wait",
                 LooksLike{false, "who-waits-is-forgotten"});
    first.cancel();
    second.cancel();
    co_await tests::iterations();
    EXPECT_STORY(told, is_default(SIGUSR1), true, "nobody waits any more");
    const auto wait = [] { return aio::signal(SIGUSR1); };
    EXPECT_THROW(co_await aio::timeout(1ms, wait), aio::TimeoutError);
    EXPECT_STORY(told, is_default(SIGUSR1), true, "a cancelled wait gives the signal back");
  }(story));
}

TEST(Step4_Signals, WaitsAndHandlersAreToldBoth) {
  Heard heard;
  aio::run([](Heard& all) -> Coro<> {
    auto& [told, calls, unused] = all;
    add_signal_handler(SIGUSR1, [&calls] { ++calls; });
    const auto wait = create_task(aio::signal(SIGUSR1));
    co_await tests::iterations();
    told.step("a handler and a task that waits, and the signal comes");
    ::raise(SIGUSR1);
    co_await tests::iterations();
    EXPECT_STORY(told, calls, 1, "the handler is called");
    EXPECT_STORY(told, wait.done(), true, "the wait is over",
                 LooksLike{false, "who-waits-is-forgotten"});
    EXPECT_STORY(told, is_default(SIGUSR1), false, "the handler still wants it");
    wait.cancel();
  }(heard));
}

/// The signal that ends a wait for one, or 0 when none does.
Coro<int> stopped_by(int number) {
  const auto stop = create_task(stop_signal());
  co_await tests::iterations();
  if (!is_default(number)) ::raise(number);  // else it would end this process
  co_await tests::iterations();
  if (!stop.done()) stop.cancel();
  co_await tests::iterations();
  co_return stop.cancelled() ? 0 : stop.result();
}

TEST(Step4_StopSignal, IsEitherOfTwo) {
  Story story;
  for (const auto& [number, name] :
       {std::pair(SIGTERM, "SIGTERM comes"), std::pair(SIGINT, "SIGINT comes")}) {
    story.step(name);
    EXPECT_STORY(story, aio::run(stopped_by(number)), number,
                 "stop_signal() gives the number of the one that came",
                 LooksLike{0, "one-signal-only"});
  }
}

TEST(Step4_StopSignal, GivesBothBack) {
  Story story;
  aio::run([](Story& told) -> Coro<> {
    told.step("SIGTERM ends the wait");
    co_await stopped_by(SIGTERM);
    EXPECT_STORY(told, is_default(SIGTERM), true, "the next SIGTERM ends the process");
    EXPECT_STORY(told, is_default(SIGINT), false, "the next SIGINT is for run() again");
    told.step("SIGINT comes");
    ::raise(SIGINT);
    EXPECT_THROW(co_await aio::sleep(1s), aio::CancelledError);
  }(story));
}

TEST(Step4_StopSignal, TheFirstOneCounts) {
  Story story;
  aio::run([](Story& told) -> Coro<> {
    const auto stop = create_task(stop_signal());
    co_await tests::iterations();
    told.step("both come at once, SIGTERM and SIGINT");
    if (!is_default(SIGTERM)) ::raise(SIGTERM);
    ::raise(SIGINT);
    co_await tests::iterations();
    if (!stop.done()) stop.cancel();
    co_await tests::iterations();
    EXPECT_STORY(told, stop.cancelled(), false, "one wait, which is over");
    if (!stop.cancelled()) {
      EXPECT_STORY(told, stop.result() == SIGTERM || stop.result() == SIGINT, true, "one of them");
    }
  }(story));
}

TEST(Step4_Signals, AChildOfForkHasNoneOfThem) {
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
