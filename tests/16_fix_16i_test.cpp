// fix-16i: rates of currencies.

#include <chrono>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/debug.hpp>
#include <aio/event_loop.hpp>
#include <aio/queue.hpp>
#include <aio/task.hpp>

#include "rates.hpp"
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

tests::Hunt<Finding> hunt() { return {found(), Fault::hidden_by_time_out, {"ask"}}; }

/// Answers EUR before the question is on its way, NOK afterwards, ISK when it is too late, and XXX
/// never.
class Server final : public Wire {
 public:
  Coro<> send(int number, std::string currency) override {
    ++asked;
    if (currency == "EUR") answers_.put_nowait({number, 5});
    if (currency == "NOK") later(50ms, number);
    if (currency == "ISK") later(2500ms, number);
    co_await aio::sleep(10ms);
  }
  Coro<Answer> receive() override { co_return co_await answers_.get(); }

  int asked = 0;

 private:
  void later(std::chrono::milliseconds delay, int number) {
    aio::running_loop().call_later(delay, [this, number] { answers_.put_nowait({number, 5}); });
  }
  aio::Queue<Answer> answers_{};
};

struct Scene {
  /// "EUR 5 NOK 5", yesterday's are 1; and how long it took.
  Coro<std::string> rates(std::vector<std::string> currencies) {
    const auto began = aio::running_loop().time();
    const Rates yesterday = {{"EUR", 1}, {"NOK", 1}, {"ISK", 1}, {"XXX", 1}};
    const Rates today = co_await rates_of_today(server, std::move(currencies), yesterday);
    std::string text;
    for (const auto& [currency, rate] : today) {
      text += currency + " " + std::to_string(static_cast<int>(rate)) + " ";
    }
    const auto took = aio::running_loop().time() - began;
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
    co_return text + "after " + std::to_string(ms) + " ms";
  }

  tests::Story story{};
  Server server{};
};

TEST(Fix16i_Rates, AnAnswerCountsHoweverSoonItComes) {
  Scene scene;
  EXPECT_STORY(
      scene.story, tests::run_virtual(scene.rates({"EUR", "NOK"})), "EUR 5 NOK 5 after 50 ms",
      hunt().still("the server has answered EUR at once, and nobody has taken the answer"),
      hunt().known(LooksLike{std::string("EUR 1 NOK 5 after 2000 ms"), "asks-and-then-listens"}),
      hunt().known(LooksLike{std::string("EUR 1 NOK 5 after 10000 ms"), "more-patience"}),
      hunt().known(LooksLike{std::string("EUR 1 NOK 5 after 100 ms"), "less-patience"}));
  EXPECT_STORY(scene.story, scene.server.asked, 2,
               hunt().broken("each rate is asked for once: to ask again hides the fault once more"),
               hunt().known(LooksLike{4, "asks-again"}));
}

TEST(Fix16i_Rates, WithoutAnAnswerYesterdaysRateCounts) {
  Scene scene;
  EXPECT_STORY(scene.story, tests::run_virtual(scene.rates({"NOK", "XXX"})),
               "NOK 5 XXX 1 after 2000 ms",
               hunt().broken("the server never answers XXX, and the limit of two seconds is "
                             "there for that"),
               hunt().known(LooksLike{std::string("NOK 1 XXX 1 after 20 ms"), "less-patience"}));
}

TEST(Fix16i_Rates, AnAnswerThatComesTooLateHarmsNobody) {
  Scene scene;
  const auto twice = [](Scene& there) -> Coro<std::string> {
    const std::vector<std::string> slow = {"ISK"}, quick = {"NOK"};
    co_await there.rates(slow);
    co_await aio::sleep(1s);
    co_return co_await there.rates(quick);
  };
  EXPECT_STORY(scene.story, tests::run_virtual(twice(scene)), "NOK 5 after 50 ms",
               hunt().broken("an answer to a question that is over is not another one's"));
}

struct Cancelled : tests::CancelScene {
  Coro<> play() override {
    const std::vector<std::string> both = {"EUR", "NOK"};
    co_await scene.rates(both);
  }
  Scene scene{};
};

TEST(Fix16i_Rates, EndsWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("a request to stop ends all questions");
}

TEST(Fix16i_Rates, TheFaultIsNamed) {
  tests::Story story;
  EXPECT_STORY(story, hunt().said(), hunt().right, hunt().misnamed());
}

}  // namespace
