// fix-5b: the timer and the answer both want to complete one future.

#include <chrono>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>

#include "limit.hpp"
#include "support/at.hpp"
#include "support/ending.hpp"
#include "support/story.hpp"
#include "support/virtual_loop.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using tests::at, tests::Seen;
using Answer = aio::Future<std::string>;

const auto compiled = tests::compiled_from(aio::layers::future);

/// An answer that may come, and one who waits for it, but for five seconds only.
struct Wait : tests::VirtualLoop {
  Answer answer{loop};
  Answer limited{loop};

  Wait() { report_exceptions(); }
  void start() {
    story.step("with_limit(answer, 5 s)");
    limited = with_limit(loop, answer, 5s);
    limited.add_done_callback([this](auto& done) { story.ran(tests::ending(done)); });
  }
  void answer_after(std::chrono::seconds time) {
    after(time, "the answer comes", [this] {
      if (answer.cancelled()) return story.ran("answer-was-cancelled");
      answer.set_result("42");
    });
  }
  /// Runs until nothing is left to do; returns what happened.
  const std::string& happens() {
    try {
      loop.run_forever();
    } catch (const aio::DeadlockError&) {
      story.step("nothing is left to do");
    }
    return story.order();
  }
};

const std::string timed_out = "failed(the time limit of a wait has passed)";
const std::string too_late = "reported(set_exception: this future is done already)";

TEST(Fix5b_Limit, AnAnswerInTime) {
  Wait wait;
  wait.start();
  wait.answer_after(1s);
  EXPECT_STORY(wait.story, wait.happens(), "42",
               "the timer fires all the same, and completes a future that is done, which is an "
               "InvalidStateError",
               Seen{"42 " + too_late, "the-limit-does-not-look"});
}

TEST(Fix5b_Limit, AnAnswerInTimeLeavesNoTimer) {
  Wait wait;
  wait.start();
  wait.answer_after(1s);
  wait.happens();
  EXPECT_STORY(
      wait.story, wait.clock.now(), at(1s),
      "the limit is of no use after the answer; cancel() its timer, or the loop sleeps on");
}

TEST(Fix5b_Limit, AnAnswerThatIsThereAlready) {
  Wait wait;
  wait.answer.set_result("42");
  wait.start();
  EXPECT_STORY(wait.story, wait.happens(), "42", "a done future calls back, too");
  EXPECT_STORY(wait.story, wait.clock.now(), at(0s), "the timer is left behind");
}

TEST(Fix5b_Limit, AnAnswerThatComesTooLate) {  // FUT-16
  Wait wait;
  wait.start();
  wait.answer_after(9s);
  EXPECT_STORY(wait.story, wait.happens(), timed_out,
               "the answer completes a future that is done: look before you complete, and let the "
               "answer itself alone",
               Seen{timed_out + " reported(set_result: this future is done already)",
                    "the-answer-does-not-look"});
  EXPECT_STORY(wait.story, tests::ending(wait.answer), "42", "the answer itself goes on alone");
}

TEST(Fix5b_Limit, NoAnswerAtAll) {
  Wait wait;
  wait.start();
  EXPECT_STORY(wait.story, wait.happens(), timed_out, "the limit must end the wait");
  EXPECT_STORY(wait.story, wait.clock.now(), at(5s), "it must end it when it says");
}

TEST(Fix5b_Limit, AFailureInTime) {
  Wait wait;
  wait.start();
  wait.after(1s, "the answer fails",
             [&] { wait.answer.set_exception(std::runtime_error("boom")); });
  EXPECT_STORY(wait.story, wait.happens(), "failed(boom)", "a failure ends the wait, too",
               Seen{"failed(boom) " + too_late, "the-limit-does-not-look"});
}

TEST(Fix5b_Limit, AnAnswerThatIsCancelled) {
  Wait wait;
  wait.start();
  wait.after(1s, "somebody cancels the answer", [&] { wait.answer.cancel(); });
  EXPECT_STORY(wait.story, wait.happens(), "cancelled", "a cancellation ends the wait, too",
               Seen{"cancelled " + too_late, "the-limit-does-not-look"});
}

TEST(Fix5b_Limit, WhoCancelsTheWaitHearsNoMoreOfIt) {  // FUT-16
  Wait wait;
  wait.start();
  wait.after(1s, "the wait is cancelled", [&] { wait.limited.cancel(); });
  wait.answer_after(2s);
  EXPECT_STORY(wait.story, wait.happens(), "cancelled",
               "a cancelled future is done, too: neither the answer nor the timer may complete it",
               Seen{"cancelled reported(set_result: this future is done already)",
                    "the-answer-does-not-look"});
  EXPECT_STORY(wait.story, wait.clock.now(), at(2s), "the timer is left behind");
  EXPECT_STORY(wait.story, tests::ending(wait.answer), "42", "the answer itself goes on alone");
}

TEST(Fix5b_Limit, WhoCancelsTheWaitLeavesNoTimer) {
  Wait wait;
  wait.start();
  wait.after(1s, "the wait is cancelled, and no answer will come", [&] { wait.limited.cancel(); });
  EXPECT_STORY(wait.story, wait.happens(), "cancelled", "a cancelled future is done");
  EXPECT_STORY(wait.story, wait.clock.now(), at(1s),
               "the timer goes when the answer comes, and here it never does: cancel it at every "
               "end of the wait");
}

TEST(Fix5b_Limit, BothAtTheSameMoment) {
  Wait wait;
  wait.answer_after(5s);  // before the limit, by the order of creation
  wait.start();
  EXPECT_STORY(wait.story, wait.happens(), timed_out,
               "the answer's callback is queued behind the timer: look before you complete",
               Seen{timed_out + " reported(set_result: this future is done already)",
                    "the-answer-does-not-look"});
}

TEST(Fix5b_Limit, NothingIsKeptAlive) {
  Wait wait;
  const auto captured = std::make_shared<int>();
  wait.start();
  wait.limited.add_done_callback([captured](auto&) {});
  wait.limited = Answer(wait.loop);
  wait.answer_after(1s);
  wait.happens();
  EXPECT_STORY(wait.story, captured.use_count(), 1L, "somebody still holds the future");
}

}  // namespace
