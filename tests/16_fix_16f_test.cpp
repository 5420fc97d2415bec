// fix-16f: a lounge and its guests.

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/debug.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

#include "lounge.hpp"
#include "support/hunt.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Task;
using tests::LooksLike;

const auto compiled = tests::compiled_from(aio::layers::debug);

tests::Hunt<Finding> hunt() { return {found(), Fault::leaked_tasks, {"welcome", "wake_up"}}; }

enum class Leaves { politely, in_silence, never };

/// Says hello, sits for a while, and leaves.
class Visitor final : public Guest {
 public:
  Visitor(std::string& heard, Leaves how, std::chrono::seconds sits)
      : heard_(heard), how_(how), sits_(sits) {}
  std::string name() const override { return "Anna"; }
  Coro<std::optional<std::string>> hear() override {
    co_await aio::sleep(1s);
    if (!std::exchange(greeted_, true)) co_return "hello";
    co_await aio::sleep(sits_);
    if (how_ == Leaves::in_silence) throw ConnectionLost();
    if (how_ == Leaves::never) co_await aio::sleep(std::chrono::hours(1000));
    co_return std::nullopt;
  }
  Coro<> say(std::string words) override {
    heard_ += (heard_.empty() ? "" : " | ") + words;
    co_return;
  }

 private:
  std::string& heard_;
  const Leaves how_;
  const std::chrono::seconds sits_;
  bool greeted_ = false;
};

/// What the guest has heard, and what is left of it when he has gone.
Coro<std::string> outcome(Leaves how, std::chrono::seconds sits, bool thrown_out = false) {
  std::string heard;
  const Task<> served = aio::create_task(welcome(std::make_shared<Visitor>(heard, how, sits)));
  if (thrown_out) {
    co_await aio::sleep(10s);
    served.cancel();
  }
  try {
    co_await served;
  } catch (const aio::CancelledError&) {
    heard += " | out";
  }
  co_await tests::iterations();
  co_return heard + "; tasks left: " + std::to_string(aio::all_tasks().size() - 1);
}

TEST(Fix16f_Lounge, NothingIsLeftOfAGuestWhoLeaves) {
  tests::Story story;
  EXPECT_STORY(
      story, tests::run_virtual(outcome(Leaves::politely, 5s)),
      "Hello! Take a seat. | Come again!; tasks left: 0",
      hunt().still("a task is left, of a guest who is not there any more"),
      hunt().known(LooksLike{std::string("Hello! Take a seat. | Come again!; tasks left: 1"),
                             "nobody-ends-it"}));
}

TEST(Fix16f_Lounge, NothingIsLeftOfAGuestWhoIsLost) {
  tests::Story story;
  EXPECT_STORY(story, tests::run_virtual(outcome(Leaves::in_silence, 5s)),
               "Hello! Take a seat.; tasks left: 0",
               hunt().still("a task is left, of a guest whose connection was lost"),
               hunt().known(LooksLike{std::string("Hello! Take a seat.; tasks left: 1"),
                                      "ended-for-the-polite-ones"}));
}

TEST(Fix16f_Lounge, NothingIsLeftOfAGuestWhoIsThrownOut) {
  tests::Story story;
  EXPECT_STORY(story, tests::run_virtual(outcome(Leaves::never, 5s, true)),
               "Hello! Take a seat. | out; tasks left: 0",
               hunt().still("a task is left, of a guest whose welcome() was cancelled"),
               hunt().known(LooksLike{std::string("Hello! Take a seat. | out; tasks left: 1"),
                                      "ended-behind-the-await"}));
}

TEST(Fix16f_Lounge, WhoIsSilentIsAskedEachMinute) {
  tests::Story story;
  EXPECT_STORY(story, tests::run_virtual(outcome(Leaves::politely, 150s)),
               "Hello! Take a seat. | Are you still there? | Are you still there? | Come again!; "
               "tasks left: 0",
               hunt().cause("the question belongs to the guest, for as long as he is there"));
}

TEST(Fix16f_Lounge, TheFaultIsNamed) {
  tests::Story story;
  EXPECT_STORY(story, hunt().said(), hunt().right, hunt().misnamed());
}

}  // namespace
