// fix-16b: prices from several shops.

#include <chrono>
#include <exception>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/debug.hpp>
#include <aio/event_loop.hpp>
#include <aio/support/exception_group.hpp>
#include <aio/task.hpp>

#include "support/cancel_anywhere.hpp"
#include "support/hunt.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"
#include "watch.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Task;
using tests::LooksLike;

const std::vector<std::string> two = {"A", "B"}, other_two = {"A", "C"}, three = {"A", "B", "C"};

const auto compiled = tests::compiled_from(aio::layers::debug);

tests::Hunt<Finding> hunt() { return {found(), Fault::blocking_call, {"wait_for_turn"}}; }

std::string now() {
  const auto time = aio::running_loop().time().time_since_epoch();
  return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count());
}

/// Shops that answer soon, or say that they are busy.
struct Market {
  Coro<int> ask(std::string shop, std::string thing) {
    asked += (asked.empty() ? "" : " ") + shop + "@" + now();
    co_await aio::sleep(1ms);
    if (busy[shop]-- > 0) throw ShopBusy();
    co_return prices[shop] + static_cast<int>(thing.size());
  }
  Ask asker() {
    return [this](std::string shop, std::string thing) { return ask(shop, thing); };
  }

  tests::Story story{};
  std::map<std::string, int> prices{{"A", 30}, {"B", 20}, {"C", 10}};
  std::map<std::string, int> busy{};
  std::string asked{};
};

/// Searches, and tells what has failed in a group: the group itself says only how many.
Coro<Offer> best_of(Market& market, std::vector<std::string> shops) {
  try {
    co_return co_await best_offer(market.asker(), std::move(shops), "tea", 10ms);
  } catch (const aio::ExceptionGroup& group) {
    std::string failures;
    group.for_each<std::exception>([&failures](const std::exception& error) {
      failures += std::string(failures.empty() ? "" : "; ") + error.what();
    });
    ADD_FAILURE() << "best_offer() has thrown a group, with this in it: " << failures;
  }
  co_return Offer{};
}

TEST(Fix16b_Watch, QuestionsKeepTheirDistance) {
  Market market;
  tests::run_virtual([](Market& there) -> Coro<> {
    const Offer best = co_await best_of(there, three);
    EXPECT_STORY(
        there.story, there.asked, "A@0 B@10 C@20",
        hunt().cause("between two questions time must pass on the loop's own clock, for "
                     "whoever asks"),
        hunt().known(LooksLike{std::string("A@0 B@0 C@0"), "no-time-passes"}),
        hunt().known(LooksLike{std::string("A@0 B@10 C@10"), "the-turn-is-taken-afterwards"}));
    EXPECT_EQ(best, (Offer{"C", 13}));
  }(market));
}

Coro<> tick(std::string& ticks) {
  for (;;) {
    co_await aio::sleep(4ms);
    ticks += (ticks.empty() ? "" : " ") + now();
  }
}

TEST(Fix16b_Watch, TheLoopGoesOnMeanwhile) {
  Market market;
  tests::run_virtual([](Market& there) -> Coro<> {
    std::string ticks;
    const Task<> clock = aio::create_task(tick(ticks));
    co_await best_of(there, two);
    clock.cancel();
    EXPECT_STORY(there.story, ticks, "4 8",
                 hunt().cause("a clock beside it must tick while a question waits for its turn"),
                 hunt().known(LooksLike{std::string(""), "no-time-passes"}));
  }(market));
}

TEST(Fix16b_Watch, AShopThatIsBusyIsAskedAgain) {
  Market market;
  market.busy = {{"C", 1}, {"A", 9}};
  tests::run_virtual([](Market& there) -> Coro<> {
    const Offer best = co_await best_of(there, other_two);
    EXPECT_STORY(there.story, there.asked, "A@0 C@10 A@20 C@30 A@40",
                 hunt().cause("it is asked three times at most, each time in its turn"));
    EXPECT_EQ(best, (Offer{"C", 13}));
  }(market));
}

struct Cancelled : tests::CancelScene {
  Coro<> play() override { co_await best_offer(market.asker(), three, "tea", 1ms); }
  Market market{};
};

TEST(Fix16b_Watch, EndsWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("a request to stop ends the search");
}

TEST(Fix16b_Watch, TheFaultIsNamed) {
  Market market;
  EXPECT_STORY(market.story, hunt().said(), hunt().right, hunt().misnamed());
}

}  // namespace
