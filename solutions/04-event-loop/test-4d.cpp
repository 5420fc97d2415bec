// test-4d: what an event loop promises of call_soon() and of an iteration.

#include <string>

#include <gtest/gtest.h>
#include <aio/event_loop.hpp>

namespace {

// A loop that has something to run makes an iteration and returns: run_once() never waits here.

//: test-4d nothing runs before call_soon() has returned
TEST(CallSoon, RunsNothingInsideTheCall) {
  aio::EventLoop loop;
  bool ran = false;
  loop.call_soon([&] { ran = true; });
  EXPECT_FALSE(ran);
  loop.run_once();
  EXPECT_TRUE(ran);
}

//: test-4d what is ready runs in the order of the calls
TEST(CallSoon, KeepsTheOrderOfTheCalls) {
  aio::EventLoop loop;
  std::string order;
  for (const char name : {'a', 'b', 'c'}) {
    loop.call_soon([&order, name] { order += name; });
  }
  loop.run_once();
  EXPECT_EQ(order, "abc");
}

//: test-4d what a callback queues waits for the next iteration
TEST(RunOnce, LeavesWhatIsQueuedMeanwhileToTheNextIteration) {
  aio::EventLoop loop;
  std::string order;
  loop.call_soon([&] {
    order += 'a';
    loop.call_soon([&] { order += 'b'; });
  });
  loop.run_once();
  EXPECT_EQ(order, "a");
  loop.run_once();
  EXPECT_EQ(order, "ab");
}

}  // namespace
