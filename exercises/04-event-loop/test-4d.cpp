// Exercise test-4d. Check it with: ./learn check test-4d
// test-4d: what an event loop promises of call_soon() and of an iteration.

#include <string>

#include <gtest/gtest.h>
#include <aio/event_loop.hpp>
#include <aio/support/todo.hpp>

namespace {

// A loop that has something to run makes an iteration and returns: run_once() never waits here.

//: test-4d nothing runs before call_soon() has returned
TEST(CallSoon, RunsNothingInsideTheCall) {
  AIO_TODO("test-4d", "nothing runs before call_soon() has returned");
}

//: test-4d what is ready runs in the order of the calls
TEST(CallSoon, KeepsTheOrderOfTheCalls) {
  AIO_TODO("test-4d", "what is ready runs in the order of the calls");
}

//: test-4d what a callback queues waits for the next iteration
TEST(RunOnce, LeavesWhatIsQueuedMeanwhileToTheNextIteration) {
  AIO_TODO("test-4d", "what a callback queues waits for the next iteration");
}

}  // namespace
