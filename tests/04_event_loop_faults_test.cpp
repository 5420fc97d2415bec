// Lesson 04: what users of event loops meet. Descriptors that are closed too early, the wrong
// thread, fork(), silence, handles without a callback.

#include <chrono>
#include <functional>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/event_loop.hpp>
#include <aio/interrupt.hpp>

#include "support/allocations.hpp"
#include "support/faults.hpp"
#include "support/refusal.hpp"
#include "support/sanitized.hpp"
#include "support/spared.hpp"
#include "support/stderr.hpp"
#include "support/virtual_loop.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::EventLoop, aio::EventSink, aio::Handle, aio::InvalidStateError, aio::PollEvent;
using aio::TimerHandle, aio::UniqueFd, tests::refusal;

const auto compiled = tests::compiled_from(aio::layers::event_loop);

struct Pipe {
  Pipe() {
    int ends[2];
    aio::check_syscall("pipe2", ::pipe2(ends, O_NONBLOCK | O_CLOEXEC));
    out = UniqueFd(ends[0]);
    in = UniqueFd(ends[1]);
  }
  void put() const { EXPECT_EQ(::write(in.get(), "x", 1), 1); }

  UniqueFd out, in;
};

/// An iteration that does not sleep.
void iterate(EventLoop& loop) {
  loop.call_soon([] {});
  loop.run_once();
}

/// Counts what it is told.
struct Sink : EventSink {
  Sink()
      : EventSink(
            [](EventSink& self, EventLoop&, PollEvent) { ++static_cast<Sink&>(self).events; }) {}
  int events = 0;
};

/// The status with which a child of this process ends that does `work`.
int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(10);
    int status = 100;
    try {
      status = work();
    } catch (...) {
    }
    ::_exit(status);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

// ── descriptors ────────────────────────────────────────────────────────────────────────────────

TEST(EventLoop_Owners, AStreamTakesADescriptorOver) {
  EventLoop loop;
  const Pipe pipe;
  const auto held = std::make_shared<int>();
  int reads = 0;
  loop.add_reader(pipe.out.get(), [&reads, held] { ++reads; });
  Sink sink;
  loop.attach(pipe.out.get(), sink);
  EXPECT_EQ(held.use_count(), 1) << "the callback is let go";
  pipe.put();
  iterate(loop);
  EXPECT_EQ(reads, 0);
  EXPECT_EQ(sink.events, 1);
  loop.detach(pipe.out.get());
}

TEST(EventLoop_Owners, ANumberThatComesBackMeetsNoEarlierCallback) {
  EventLoop loop;
  Pipe first;
  const Pipe second;
  const int number = first.in.get();
  int old = 0, fresh = 0;
  loop.add_writer(number, [&old] { ++old; });
  first.in.reset();  // without remove_writer()
  ASSERT_EQ(::dup2(second.in.get(), number), number);
  const UniqueFd reused(number);
  loop.add_reader(number, [&fresh] { ++fresh; });
  iterate(loop);
  EXPECT_EQ(old, 0) << "the writer belonged to the descriptor that was closed";
  EXPECT_FALSE(loop.remove_writer(number));
  EXPECT_TRUE(loop.remove_reader(number));
}

TEST(EventLoop_Owners, AStreamThatWasClosedBehindTheLoopsBackFreesItsNumber) {
  EventLoop loop;
  Pipe first;
  const Pipe second;
  const int number = first.out.get();
  Sink old, fresh;
  loop.attach(number, old);
  EXPECT_THROW(loop.attach(number, fresh), InvalidStateError) << "it has an owner";
  first.out.reset();
  ASSERT_EQ(::dup2(second.out.get(), number), number);
  const UniqueFd reused(number);
  loop.attach(number, fresh);
  second.put();
  iterate(loop);
  EXPECT_EQ(old.events, 0);
  EXPECT_EQ(fresh.events, 1);
  loop.detach(number);
}

TEST(EventLoop_Ghosts, EndWithTheirFirstEvent) {
  if (!tests::PollCount::works()) GTEST_SKIP();
  EventLoop loop;
  std::vector<std::string> warnings;
  loop.set_debug(true);
  loop.set_warning_sink([&warnings](std::string_view text) { warnings.emplace_back(text); });
  Pipe pipe;
  const Pipe other;
  const int number = pipe.out.get();
  const UniqueFd duplicate(::dup(number));
  int reads = 0;
  loop.add_reader(number, [] { ADD_FAILURE() << "the reader of a descriptor that is closed"; });
  loop.add_reader(other.out.get(), [&] {
    char byte;
    reads += ::read(other.out.get(), &byte, 1) == 1;
  });
  pipe.out.reset();
  loop.remove_reader(number);  // too late: the kernel goes on watching the duplicate
  pipe.put();
  iterate(loop);

  TimerHandle end = loop.call_later(20ms, [&loop] { loop.stop(); });
  const tests::PollCount polls;
  loop.run_forever();
  EXPECT_LT(polls.made(), 5) << "the loop spins";
  other.put();
  iterate(loop);
  EXPECT_EQ(reads, 1) << "the others are watched as before";
  ASSERT_EQ(warnings.size(), 1);
  EXPECT_THAT(warnings.front(), testing::HasSubstr("closed before remove_reader()"));
}

TEST(EventLoop_Ghosts, AreNeverTakenForTheDescriptorThatHasTheirNumber) {
  EventLoop loop;
  Pipe pipe;
  const Pipe fresh;
  const int number = pipe.out.get();
  const UniqueFd duplicate(::dup(number));
  int reads = 0;
  loop.add_reader(number, [] { ADD_FAILURE() << "an event of the ghost"; });
  pipe.out.reset();
  ASSERT_EQ(::dup2(fresh.out.get(), number), number);
  const UniqueFd reused(number);
  loop.add_reader(number, [&reads] { ++reads; });
  pipe.put();
  iterate(loop);
  iterate(loop);
  EXPECT_EQ(reads, 0) << "nothing came for this one";
  fresh.put();
  iterate(loop);
  EXPECT_EQ(reads, 1);
  loop.remove_reader(number);
}

// ── handles ────────────────────────────────────────────────────────────────────────────────────

TEST(EventLoop_Handles, MayBeEmpty) {
  Handle handle;
  TimerHandle timer;
  EXPECT_FALSE(handle);
  EXPECT_FALSE(timer);
  const std::string empty =
      "this handle of a callback is empty: it was moved from, or never given one";
  EXPECT_EQ(refusal([&] { handle.cancel(); }), empty);
  EXPECT_EQ(refusal([&] { (void)handle.cancelled(); }), empty);
  EXPECT_EQ(refusal([&] { (void)timer.when(); }), empty);
  EXPECT_THROW(timer.cancel(), InvalidStateError);
}

TEST(EventLoop_Handles, AreEmptyWhenTheyWereMovedFrom) {
  tests::VirtualLoop virtual_loop;
  TimerHandle timer = virtual_loop.loop.call_later(1h, [] {});
  TimerHandle moved = std::move(timer);
  EXPECT_TRUE(moved);
  EXPECT_FALSE(timer);  // NOLINT(bugprone-use-after-move)
  EXPECT_THROW(timer.cancel(), InvalidStateError);
  moved.cancel();
  EXPECT_TRUE(moved.cancelled());
  timer = std::move(moved);
  EXPECT_TRUE(timer.cancelled());
}

// ── the wrong thread ───────────────────────────────────────────────────────────────────────────

struct TimedNode final : aio::TimedReady {
  void run() override {}
};

TEST(EventLoop_WrongThread, IsRefusedByAllMembersAndNamesTheCall) {
  tests::VirtualLoop virtual_loop;
  EventLoop& loop = virtual_loop.loop;
  const Pipe pipe;
  TimedNode timed;
  Sink sink;
  Handle handle = loop.call_soon([] {});
  TimerHandle timer = loop.call_later(1h, [] {});
  const std::vector<std::pair<std::string, std::function<void()>>> calls = {
      {"call_at", [&] { loop.call_at(aio::Clock::time_point(1s), timed); }},
      {"cancel", [&] { loop.cancel(timed); }},
      {"cancel", [&] { timer.cancel(); }},
      {"attach", [&] { loop.attach(pipe.out.get(), sink); }},
      {"remove_reader", [&] { loop.remove_reader(pipe.out.get()); }},
      {"remove_writer", [&] { loop.remove_writer(pipe.out.get()); }},
      {"stop", [&] { loop.stop(); }},
  };
  std::vector<std::string> said;
  loop.call_soon([&] {
    std::thread([&] {
      for (const auto& [name, call] : calls) said.push_back(refusal(call));
    }).join();
  });
  loop.run_once();
  ASSERT_EQ(said.size(), calls.size());
  for (std::size_t i = 0; i < said.size(); ++i) {
    EXPECT_EQ(said[i], calls[i].first +
                           ": the event loop runs in another thread; have it called there, by "
                           "call_soon_threadsafe()");
  }
  EXPECT_FALSE(timed.pending());
  EXPECT_FALSE(timer.cancelled());
}

/// What check_thread() of `home` says in this thread.
std::string said_by(const aio::detail::HomeLoop& home) {
  return refusal([&home] { home.check_thread("Event.set"); });
}

TEST(EventLoop_WrongThread, IsRefusedByWhatServesARunningLoop) {
  const std::string fine = "nothing was thrown";
  tests::VirtualLoop first, second;
  const aio::detail::HomeLoop home;
  EXPECT_EQ(said_by(home), fine) << "before any loop";
  std::string elsewhere, in_another_loop;
  first.loop.call_soon([&] {
    home.check_thread("Event.wait");
    std::thread([&] {
      elsewhere = said_by(home);
      second.loop.call_soon([&] { in_another_loop = said_by(home); });
      second.loop.run_once();
    }).join();
  });
  first.loop.run_once();
  const tests::Spared spared_here;
  EXPECT_THAT(elsewhere, testing::StartsWith("Event.set: the event loop runs in another thread"));
  EXPECT_EQ(in_another_loop, elsewhere);
  EXPECT_EQ(said_by(home), fine) << "its loop rests";
  std::string later;
  second.loop.call_soon([&] { later = said_by(home); });
  second.loop.run_once();
  EXPECT_EQ(later, fine) << "it may serve another one now";
}

// ── no memory ──────────────────────────────────────────────────────────────────────────────────

/// There is no memory for its name.
struct Nameless final : aio::Ready {
  void run() override { ran = true; }
  std::string describe() const override { throw std::bad_alloc(); }
  bool ran = false;
};

TEST(EventLoop_NoMemory, WhatHasNoNameRunsAllTheSame) {
  tests::VirtualLoop virtual_loop;
  virtual_loop.loop.set_debug(true);
  Nameless node;
  virtual_loop.loop.call_soon(node);
  virtual_loop.loop.run_once();
  EXPECT_TRUE(node.ran);
}

// ── silence ────────────────────────────────────────────────────────────────────────────────────

TEST(EventLoop_Silence, IsADeadlockOnVirtualTimeAtOnce) {
  tests::VirtualLoop virtual_loop;
  EXPECT_THROW(virtual_loop.loop.run_once(), aio::DeadlockError);
}

TEST(EventLoop_Silence, IsNoDeadlockWhileAThreadIsExpected) {
  tests::VirtualLoop virtual_loop;
  EventLoop& loop = virtual_loop.loop;
  std::optional<aio::ExpectedWakeup> expected = loop.expect_wakeup();
  std::optional<aio::ExpectedWakeup> moved = std::move(expected);
  expected.reset();
  bool heard = false;
  const std::jthread other([&] { loop.call_soon_threadsafe([&heard] { heard = true; }); });
  loop.run_once();
  EXPECT_TRUE(heard);
  moved.reset();
  EXPECT_THROW(loop.run_once(), aio::DeadlockError);
}

TEST(EventLoop_Silence, IsSaidOnceOnRealTimeAndGoesOn) {
  EventLoop loop;
  std::vector<std::string> warnings;
  std::jthread other;  // ends before the loop does
  loop.set_warning_sink([&](std::string_view text) {
    warnings.emplace_back(text);
    other = std::jthread([&loop] { loop.call_soon_threadsafe([&loop] { loop.stop(); }); });
  });
  loop.run_forever();
  ASSERT_EQ(warnings.size(), 1);
  const tests::Spared spared_here;
  EXPECT_THAT(warnings.front(), testing::HasSubstr("only a signal or another thread can wake"));
}

// ── fork() ─────────────────────────────────────────────────────────────────────────────────────

TEST(EventLoop_Fork, AChildMayRunALoopOfItsOwn) {
  tests::VirtualLoop virtual_loop;
  int status = -1;
  virtual_loop.loop.call_soon([&] {
    status = in_child([] {
      EventLoop own;
      bool ran = false;
      own.call_later(1ms, [&] {
        ran = true;
        own.stop();
      });
      own.run_forever();
      return ran ? 7 : 1;
    });
  });
  virtual_loop.loop.run_once();
  EXPECT_EQ(status, 7);
}

TEST(EventLoop_Fork, AChildThatEndsTakesNothingFromItsParent) {
  const Pipe pipe;
  auto loop = std::make_unique<EventLoop>();
  int reads = 0;
  loop->add_reader(pipe.out.get(), [&] {
    ++reads;
    loop->remove_reader(pipe.out.get());
  });
  const int status = in_child([&] {
    loop->remove_reader(pipe.out.get());
    loop.reset();
    return 0;
  });
  EXPECT_EQ(status, 0);
  pipe.put();
  iterate(*loop);
  EXPECT_EQ(reads, 1) << "the child has ended the parent's watch";
}

TEST(EventLoop_Fork, ALoopRefusesToWorkForTheChild) {
  EventLoop loop;
  const Pipe pipe;
  const int status = in_child([&] {
    const std::vector<std::function<void()>> calls = {
        [&] { loop.call_soon([] {}); },
        [&] { loop.add_reader(pipe.out.get(), [] {}); },
        [&] { loop.call_soon_threadsafe([] {}); },
        [&] { loop.run_once(); },
    };
    int refused = 0;
    for (const auto& call : calls) {
      refused += refusal(call).contains("belongs to the process that has forked this one");
    }
    return refused;
  });
  EXPECT_EQ(status, 4);
}

TEST(EventLoop_Fork, AChildThatGoesOnWithItsParentsWorkIsToldSo) {
  tests::VirtualLoop virtual_loop;
  pid_t child = -1;
  virtual_loop.loop.call_soon([&child] { child = ::fork(); });
  std::string said;
  said = refusal([&] {
    virtual_loop.loop.run_once();
    virtual_loop.loop.run_once();  // the parent's: nothing to do
  });
  if (child == 0) ::_exit(said.starts_with("run: the event loop belongs to the process") ? 7 : 1);
  EXPECT_TRUE(said.starts_with("deadlock")) << said;
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(EventLoop_Fork, CtrlCEndsAChildThatDoesNotHandleIt) {
  EventLoop loop;
  const aio::detail::Interrupt interrupt(loop, [] {});
  const int status = in_child([] {
    ::raise(SIGINT);
    return 0;
  });
  EXPECT_EQ(status, -SIGINT);
  EXPECT_FALSE(interrupt.happened());
}

// ── reports ──

TEST(EventLoop_Report, MayHaveNoExceptionAndMeetAHandlerThatThrows) {
  EventLoop loop;
  loop.set_exception_handler([](const auto&) { throw std::runtime_error("no ink"); });
  tests::Stderr text;
  loop.call_exception_handler({"it takes long", nullptr, "a test"});
  EXPECT_EQ(text.take(),
            "loopwright: the exception handler threw while it handled \"it takes long\" (no "
            "exception): no ink in a test\n");
}

// It may be that very thing which has to be told.
TEST(EventLoop_Report, NeedsNoMemory) {
  if (!tests::AllocationCount::works()) GTEST_SKIP() << "a sanitizer allocates for itself";
  EventLoop loop;
  const std::string much(1000, 'x');
  const aio::ExceptionContext context{much, std::make_exception_ptr(std::runtime_error(much)),
                                      much};
  tests::Stderr text;
  const tests::AllocationCount count;
  loop.call_exception_handler(context);
  EXPECT_EQ(count.made(), 0U);
  EXPECT_EQ(text.take(), "loopwright: " + much + ": " + much + " in " + much + "\n");
}

}  // namespace
