// use-9c: a hundred requests, each with a limit, and one limit for all.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/gather.hpp>
#include <aio/task.hpp>
#include <aio/timeout.hpp>

#include "support/cancel_anywhere.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"
#include "survey.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::timeout);

/// A server on virtual time, and what it sees.
struct Server : tests::Stage {
  std::size_t now = 0, most = 0, asked = 0;

  Coro<std::string> answer(int i, std::chrono::seconds takes) {
    struct Guest {
      std::size_t& count;
      ~Guest() { --count; }
    } const guest{now};
    ++asked;
    most = std::max(most, ++now);
    co_await aio::sleep(takes);
    if (i < 0) throw std::runtime_error("failed");
    co_return std::to_string(i);
  }
  std::vector<Coro<std::string>> hundred(std::chrono::seconds takes) {
    std::vector<Coro<std::string>> all;
    for (int i = 0; i < 100; ++i) all.push_back(answer(i, takes));
    return all;
  }
  /// How many answers there are.
  Coro<std::size_t> ask(std::vector<Coro<std::string>> requests, Limits limits) {
    const auto answers = co_await survey(std::move(requests), limits);
    EXPECT_STORY(story, now, 0U, "requests go on after survey() has returned");
    std::size_t good = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      if (!answers[i]) continue;
      ++good;
      EXPECT_STORY(story, *answers[i], std::to_string(i), "entry i belongs to request i");
    }
    co_return good;
  }
};

TEST(Use9c_Survey, AllAnswersInOrderAndSoManyAtOnce) {
  Server server;
  const Limits limits{.at_once = 10, .each = 2s, .total = 1h};
  EXPECT_STORY(server.story, server.run(server.ask(server.hundred(1s), limits)), 100U,
               "each request has its limit from its own start, and none of them takes too long");
  EXPECT_STORY(server.story, server.most, 10U,
               server.most > 10 ? "more requests run at a time than `at_once` says"
                                : "fewer requests run at a time than `at_once` says",
               Seen{std::size_t(100), "all-at-once"});
}

TEST(Use9c_Survey, ARequestThatIsTooLateOrFailsIsNoAnswer) {
  Server server;
  std::vector<Coro<std::string>> requests;
  requests.push_back(server.answer(0, 1s));
  requests.push_back(server.answer(1, 9s));
  requests.push_back(server.answer(-1, 1s));
  requests.push_back(server.answer(3, 1s));
  const Limits limits{.at_once = 2, .each = 2s, .total = 1h};
  const std::size_t answers = server.run(server.ask(std::move(requests), limits));
  EXPECT_STORY(server.story, answers, 2U,
               answers > 2 ? "an answer counts that took longer than its own limit, `each`"
                           : "a request that is too late or fails is an empty entry; here it takes "
                             "answers of others with it");
}

TEST(Use9c_Survey, AFailureEndsNobodyElse) {
  Server server;
  std::vector<Coro<std::string>> requests;
  requests.push_back(server.answer(-1, 1s));
  requests.push_back(server.answer(1, 1s));
  server.story.step("one at a time: the first request fails, another one waits");
  const Limits limits{.at_once = 1, .each = 2s, .total = 1h};
  std::size_t answers = 0;
  try {
    answers = server.run(server.ask(std::move(requests), limits));
  } catch (const std::runtime_error&) {
    server.story.step("survey() throws what the request has thrown");
  }
  EXPECT_STORY(server.story, answers, 1U,
               "what a request throws leaves the worker that asks it, so the worker ends: every "
               "exception of a request is \"no answer\"",
               tests::LooksLike{std::size_t{0}, "a-failed-request-ends-the-worker"});
}

TEST(Use9c_Survey, TheTotalTimeEndsItAndKeepsWhatIsThere) {
  Server server;
  const Limits limits{.at_once = 10, .each = 2s, .total = 3500ms};
  const std::size_t answers = server.run(server.ask(server.hundred(1s), limits));
  EXPECT_STORY(server.story, answers, 30U,
               answers > 30 ? "answers count that came after the total time: a request ends at its "
                              "own limit or at the end, whichever comes first"
                            : "answers that came before the total time was over are lost");
  EXPECT_STORY(server.story, server.asked, 40U, "no request starts after the total time",
               tests::LooksLike{std::size_t(100), "starts-after-the-end"});
  EXPECT_STORY(server.story, server.clock.now().time_since_epoch(), 3500ms,
               "the total time is a limit for all together");
}

TEST(Use9c_Survey, CancellingItStopsAllRequests) {
  Server server;
  const auto main = [](Server& s) -> Coro<> {
    const Limits limits{.at_once = 10, .each = 1h, .total = 1h};
    const auto asking = aio::create_task(survey(s.hundred(60s), limits));
    co_await aio::sleep(1s);
    asking.cancel();
    EXPECT_THROW(co_await asking, CancelledError)
        << "Likely cause: the request to stop has to come out as CancelledError";
    EXPECT_STORY(s.story, s.now, 0U, "a cancelled survey leaves its requests running");
  };
  server.run(main(server));
  EXPECT_STORY(
      server.story, server.asked, 10U,
      "CancelledError is no answer that is missing, but a request to stop: nobody may start "
      "the next request after it",
      tests::LooksLike{std::size_t(100), "a-cancel-is-no-answer"});
}

TEST(Use9c_Survey, ARequestThatIsCancelledInsideIsNoAnswer) {
  Server server;
  const auto cancelled = []() -> Coro<std::string> {
    const aio::Future<std::string> lost;
    lost.cancel();
    co_return co_await lost;
  };
  std::vector<Coro<std::string>> requests;
  requests.push_back(cancelled());
  requests.push_back(cancelled());
  requests.push_back(server.answer(2, 1s));
  const Limits limits{.at_once = 1, .each = 2s, .total = 1h};
  std::size_t good = 0;
  try {
    good = server.run(server.ask(std::move(requests), limits));
  } catch (const CancelledError&) {
    server.story.step("survey() throws CancelledError, and nobody has cancelled it");
  }
  EXPECT_STORY(server.story, good, 1U,
               "CancelledError may come from what the request waits for: cancelling() of the "
               "current task tells whether you are to stop",
               tests::LooksLike{std::size_t(0), "any-cancel-is-its-own"});
}

TEST(Use9c_Survey, NothingIsAskedAfterACancelThatARequestHasCaught) {
  Server server;
  const auto main = [](Server& s) -> Coro<> {
    std::vector<Coro<std::string>> requests;
    const auto stubborn = [](Server& there) -> Coro<std::string> {
      try {
        co_await there.answer(0, 60s);
      } catch (const CancelledError&) {
      }
      co_return "all the same";
    };
    requests.push_back(stubborn(s));
    requests.push_back(s.answer(1, 60s));
    const Limits limits{.at_once = 1, .each = 1h, .total = 1h};
    const auto asking = aio::create_task(survey(std::move(requests), limits));
    co_await aio::sleep(1s);
    s.story.step("the survey is cancelled; its request answers all the same");
    asking.cancel();
    try {
      co_await asking;
    } catch (const CancelledError&) {
    }
  };
  server.run(main(server));
  EXPECT_STORY(
      server.story, server.asked, 1U,
      "whoever has been cancelled begins nothing more: cancelling() of the current task is "
      "above 0, even if no CancelledError has come",
      tests::LooksLike{std::size_t(2), "goes-on-after-an-answer"});
}

struct Cancelled : tests::CancelScene {
  Coro<> play() override {
    std::vector<Coro<std::string>> requests;
    for (const char* name : {"a", "b", "c", "d", "e"}) requests.push_back(work(name));
    const Limits limits{.at_once = 3, .each = 1h, .total = 1h};
    co_await survey(std::move(requests), limits);
  }
};

TEST(Use9c_Survey, EveryRequestHasEndedWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>(
      "it has ended when one worker has; the others still work, with what is gone by now");
}

}  // namespace
