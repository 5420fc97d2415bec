// fix-16e: an answering machine.

#include <chrono>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/debug.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "phone.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/hunt.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro;
using tests::LooksLike;

const auto compiled = tests::compiled_from(aio::layers::debug);

tests::Hunt<Finding> hunt() {
  return {found(), Fault::circle, {"listen", "speak", "listener", "speaker"}};
}

/// A caller who says one thing in a second.
class Caller final : public Line {
 public:
  explicit Caller(std::deque<std::string> words) : words_(std::move(words)) {}
  Coro<std::optional<std::string>> hear() override {
    co_await aio::sleep(1s);
    if (words_.empty()) co_return std::nullopt;
    std::string next = std::move(words_.front());
    words_.pop_front();
    co_return next;
  }
  Coro<> say(std::string words) override {
    co_await aio::sleep(5s);  // slower than the caller
    heard += (heard.empty() ? "" : " | ") + words;
  }
  void hang_up() override { heard += " | click"; }

  std::string heard{};

 private:
  std::deque<std::string> words_;
};

/// "over" or "not over" a minute after it began, and what the caller has heard.
Coro<std::string> outcome(Caller& caller) {
  bool over = true;
  try {
    co_await aio::wait_for(take_call(caller), 60s);
  } catch (const aio::TimeoutError&) {
    over = false;
  }
  co_return (over ? "over: " : "not over: ") + caller.heard;
}

TEST(Fix16e_Phone, ACallIsOverWhenAllIsSaid) {
  tests::Story story;
  Caller caller({"Hello", "Who is there?"});
  aio::VirtualClock clock;
  const std::string told = tests::run_virtual(outcome(caller), clock);
  EXPECT_STORY(story, told,
               "over: I shall tell them: Hello | I do not know: Who is there? | Good bye. | click",
               hunt().cause("when nothing is left to hear and to say, both tasks have to end"),
               hunt().known(LooksLike{
                   std::string("not over: I shall tell them: Hello | I do not know: Who is "
                               "there? | Good bye."),
                   "both-wait-for-the-other"}),
               hunt().known(LooksLike{std::string("over: "), "hangs-up-in-mid-sentence"}),
               hunt().known(LooksLike{std::string("over: I shall tell them: Hello"),
                                      "ends-it-after-a-while"}));
  EXPECT_STORY(story, clock.now().time_since_epoch() < 20s, true,
               hunt().still("after 16 seconds all was said, and the call went on in silence"),
               hunt().known(LooksLike{false, "waits-a-while"}));
}

TEST(Fix16e_Phone, WhoSaysNothingIsGreetedAllTheSame) {
  tests::Story story;
  Caller caller({});
  const std::string told = tests::run_virtual(outcome(caller));
  EXPECT_STORY(story, told, "over: Good bye. | click",
               hunt().cause("when nothing is left to hear and to say, both tasks have to end"));
}

struct Cancelled : tests::CancelScene {
  Coro<> play() override { co_await take_call(caller); }
  Caller caller{{"Hello"}};
};

TEST(Fix16e_Phone, EndsWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("a request to stop ends the call");
}

TEST(Fix16e_Phone, TheFaultIsNamed) {
  tests::Story story;
  EXPECT_STORY(story, hunt().said(), hunt().right, hunt().misnamed());
}

}  // namespace
