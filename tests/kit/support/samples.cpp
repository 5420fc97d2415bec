// Tests that fail in every way there is, for support.py to see how each is reported.

#include <chrono>
#include <coroutine>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <unistd.h>
#include <aio/clock.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/todo.hpp>

#include "support/allocations.hpp"
#include "support/faults.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;

const auto compiled = tests::compiled_from(aio::layers::clock);

TEST(Step2_Story, IsToldInVirtualTime) {
  aio::VirtualClock clock;
  tests::Story story(clock);
  story.step("call_later(1500 ms, B)");
  clock.advance(1500ms);
  story.ran("B");
  story.ran("A");
  EXPECT_STORY(story, story.order(), "A B", "the queue is last in, first out",
               tests::Seen{"A A", "twice"}, tests::Seen{"B A", "a-sample"});
}

TEST(Step2_Story, SaysWhatAMistakeLooksLike) {
  const tests::Story story;
  EXPECT_STORY(story, 2 + 2, 5, "arithmetic", tests::Seen{3, "another-sample"},
               tests::LooksLike{4, "a-sample"});
}

TEST(Step2_Story, IsSilentWhenAllIsWell) {
  const tests::Story story;
  EXPECT_STORY(story, 2 + 2, 4, "arithmetic");
}

TEST(Step2_Story, IsCutShortWhenNobodyWouldReadIt) {
  tests::Story story;
  for (int i = 1; i <= 100; ++i) story.step("step " + std::to_string(i));
  EXPECT_STORY(story, std::string(70'000, 'x'), "x", "there are too many of them");
}

TEST(Step3_Todo, IsNotAFailure) { AIO_TODO("4.3", "think \"hard\""); }

TEST(Step4_Hang, IsEnded) {
  tests::Story story;
  story.step("run_once()");
  for (volatile int i = 0;;) i = i + 1;
}

TEST(Crash, NullPointer) {
  volatile int* volatile pointer = nullptr;
  *pointer = 1;
}

int deep(volatile int* above) {
  volatile int here[100] = {};
  here[0] = *above + 1;
  return here[0] < 0 ? 0 : deep(&here[0]) + here[0];
}

TEST(Crash, Recursion) {
  volatile int start = 0;
  EXPECT_EQ(deep(&start), 0);
}

TEST(Crash, EscapedException) {
  std::thread([] { throw std::runtime_error("out of a thread"); }).join();
}

TEST(Crash, Abort) {
  const tests::Suspicion crash("this test aborts");
  std::abort();
}

TEST(Crash, AbortUnsuspected) {
  { const tests::Suspicion past("it is over"); }
  std::abort();
}

TEST(Crash, ResumedAfterItsEnd) {
  struct Body {
    struct promise_type {
      Body get_return_object() {
        return Body{std::coroutine_handle<promise_type>::from_promise(*this)};
      }
      std::suspend_never initial_suspend() noexcept { return {}; }
      std::suspend_always final_suspend() noexcept { return {}; }
      void return_void() {}
      void unhandled_exception() {}
    };
    std::coroutine_handle<> handle;
  };
  const Body ended = []() -> Body { co_return; }();
  ended.handle.resume();
}

TEST(Thrown, ByTheCodeUnderTest) {
  tests::Story story;
  story.step("run_once()");
  throw std::runtime_error("boom");
}

TEST(Thrown, NoStdException) { throw aio::CancelledError(); }

TEST(Story, ShowsBytesThatAreNoText) {
  tests::Story story;
  EXPECT_STORY(story, std::string("\0\xff", 2) + "!", "ann!", "the letters are gone");
}

TEST(Leak, OfManyDescriptors) {
  while (dup(STDOUT_FILENO) != -1) {
  }
}

TEST(Leak, DoesNotHurtTheNextTest) { EXPECT_LT(tests::open_descriptors(), 20U); }

TEST(Fault, DescriptorLimit) {
  {
    const tests::DescriptorLimit limit(2);
    EXPECT_NE(dup(STDOUT_FILENO), -1);
    EXPECT_NE(dup(STDOUT_FILENO), -1);
    EXPECT_EQ(dup(STDOUT_FILENO), -1);
  }
  EXPECT_NE(dup(STDOUT_FILENO), -1);
}

TEST(Fault, SignalStorm) {
  const tests::SignalStorm storm;
  int interrupted = 0;
  while (tests::SignalStorm::signals() < 10) interrupted += usleep(1000) == -1;
  EXPECT_GT(interrupted, 0);
}

TEST(Fault, AllocationCount) {
  const tests::AllocationCount count;
  EXPECT_EQ(count.made(), 0U);
  const auto text = std::string(100, 'x') + std::to_string(count.made());
  EXPECT_GE(count.made(), 1U);
  EXPECT_EQ(text.size(), 101U);
}

}  // namespace
