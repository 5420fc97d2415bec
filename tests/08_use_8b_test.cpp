// use-8b: the fastest mirror.

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/task.hpp>

#include "mirrors.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::as_completed);

/// Mirrors on one virtual clock, and what became of each.
struct Net : tests::Stage {
  Coro<std::string> mirror(std::string name, std::chrono::seconds takes) {
    bool stopped = false;
    try {
      co_await aio::sleep(takes);
    } catch (const CancelledError&) {
      stopped = true;
    }
    if (stopped) {
      co_await aio::sleep(100ms);  // says goodbye
      story.ran(name + "-stopped");
      throw CancelledError();
    }
    story.ran(name + "-answers");
    co_return name;
  }
  Coro<std::string> dead(std::string name, std::chrono::seconds takes) {
    co_await aio::sleep(takes);
    story.ran(name + "-fails");
    throw std::runtime_error(name);
  }
  Coro<> ask(std::vector<Coro<std::string>> mirrors) {
    try {
      const std::string answer = co_await fastest(std::move(mirrors));
      story.ran("got-" + answer);
    } catch (const std::runtime_error& error) {
      story.ran(std::string("threw-") + error.what());
    } catch (const CancelledError&) {
      story.ran("threw-CancelledError");
    } catch (const aio::InvalidStateError&) {
      story.ran("asked-who-is-not-done");
    }
    const auto left = aio::all_tasks().size();
    EXPECT_STORY(
        story, left, 1U,
        "what fastest() has started goes on: mirrors, or whoever looks for the first of them",
        tests::LooksLike{std::size_t{3}, "the-losers-go-on"});
  }
};

/// What went wrong in a race that went like this.
const char* cause_of(const std::string& order) {
  const auto has = [&order](const char* what) { return order.find(what) != std::string::npos; };
  if (has("threw-CancelledError")) {
    return "the losers are cancelled, and that comes out as your own end: gather() without "
           "return_exceptions throws the first CancelledError of a child";
  }
  if (has("asked-who-is-not-done")) {
    return "the result is taken from a task that is not done: wait for whoever finds the first, "
           "too";
  }
  if (has("threw-dead")) return "the first that ends is taken, although it failed";
  if (!has("fast-answers") && has("slow-answers")) {
    return "a mirror is asked when the one before has ended: all are to be asked at once";
  }
  return "the losers are not stopped, or not waited for";
}

TEST(Use8b_FastestMirror, TheFirstAnswerWinsAndTheOthersHaveEnded) {
  Net net;
  std::vector<Coro<std::string>> mirrors;
  mirrors.push_back(net.mirror("slow", 9s));
  mirrors.push_back(net.mirror("fast", 1s));
  mirrors.push_back(net.mirror("middle", 5s));
  net.run(net.ask(std::move(mirrors)));
  EXPECT_STORY(net.story, net.story.order(), "fast-answers slow-stopped middle-stopped got-fast",
               cause_of(net.story.order()),
               Seen{"fast-answers got-fast slow-stopped middle-stopped", "the-losers-go-on"});
}

TEST(Use8b_FastestMirror, AFailureDoesNotWin) {
  Net net;
  std::vector<Coro<std::string>> mirrors;
  mirrors.push_back(net.dead("dead", 1s));
  mirrors.push_back(net.mirror("alive", 3s));
  net.run(net.ask(std::move(mirrors)));
  EXPECT_STORY(net.story, net.story.order(), "dead-fails alive-answers got-alive",
               cause_of(net.story.order()),
               Seen{"dead-fails alive-stopped threw-dead", "the-first-failure-wins"});
}

TEST(Use8b_FastestMirror, TheLastFailureIsThrownWhenAllFail) {
  Net net;
  std::vector<Coro<std::string>> mirrors;
  mirrors.push_back(net.dead("late", 3s));
  mirrors.push_back(net.dead("early", 1s));
  net.run(net.ask(std::move(mirrors)));
  EXPECT_STORY(net.story, net.story.order(), "early-fails late-fails threw-late",
               "with nothing but failures the last one is the answer");
}

TEST(Use8b_FastestMirror, CancellingItStopsAllMirrors) {
  Net net;
  net.run([](Net& n) -> Coro<> {
    std::vector<Coro<std::string>> mirrors;
    mirrors.push_back(n.mirror("a", 5s));
    mirrors.push_back(n.mirror("b", 6s));
    const auto asking = aio::create_task(fastest(std::move(mirrors)));
    co_await aio::sleep(1s);
    asking.cancel();
    EXPECT_THROW(co_await asking, CancelledError)
        << "Likely cause: the request to stop has to come out as CancelledError";
    co_await aio::sleep(1s);
    n.story.ran("later");
  }(net));
  EXPECT_STORY(net.story, net.story.order(), "a-stopped b-stopped later",
               "a cancelled race leaves its mirrors running");
}

TEST(Use8b_FastestMirror, NeedsAMirror) {
  tests::Story story;
  story.step("fastest({}): there is no mirror to ask, and no failure to throw on");
  EXPECT_THROW(tests::run_virtual(fastest({})), std::invalid_argument)
      << "Likely cause: without a mirror there is neither an answer nor a failure to throw on";
}

/// Two that need a while to stop, and one that fails first.
struct Cancelled : tests::CancelScene {
  Coro<> play() override {
    std::vector<Coro<std::string>> mirrors;
    mirrors.push_back(work("a", 5s));
    mirrors.push_back(fails());
    mirrors.push_back(work("b", 6s));
    co_await fastest(std::move(mirrors));
  }
  Coro<std::string> fails() {
    co_await work("c", 1s);
    throw std::runtime_error("c is broken");
  }
};

TEST(Use8b_FastestMirror, AllMirrorsHaveEndedWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>(
      "a cancelled fastest() has thrown before the mirrors had ended: asking them to stop is not "
      "enough, somebody has to wait for them, also when the first one has ended already");
}

}  // namespace
