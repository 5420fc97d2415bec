// Exercise use-1c: a hundred requests in the time of one.

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <aio/aio.hpp>

#include "fetch.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"

using namespace std::chrono_literals;
using Pages = std::vector<std::string>;

namespace {

/// Plays the server that fetch() asks.
struct Server {
  int slow_page = -1;  // answers a second later than the others
  int asked = 0, under_way = 0, most_under_way = 0;
} server;

class Use1c_FetchAll : public testing::Test {
 protected:
  void SetUp() override { server = {}; }

  Pages fetch_on_virtual_clock(int pages) {
    story.step("fetch_all(" + std::to_string(pages) + ")");
    Pages answers = tests::run_virtual(fetch_all(pages), clock);
    story.step("it returns; pages asked for: " + std::to_string(server.asked) + ", at most " +
               std::to_string(server.most_under_way) + " at once");
    return answers;
  }
  std::chrono::nanoseconds elapsed() const { return clock.now().time_since_epoch(); }

  aio::VirtualClock clock;
  tests::Story story{clock};
};

TEST_F(Use1c_FetchAll, ReturnsAnAnswerForEachPage) {
  const Pages answers = fetch_on_virtual_clock(3);
  EXPECT_STORY(story, answers, (Pages{"page 0", "page 1", "page 2"}),
               "the answers of some pages are missing, or not in the order of the pages",
               tests::Seen{Pages{}, "tasks-that-nobody-awaits"});
}

TEST_F(Use1c_FetchAll, OneHundredTakeTheTimeOfOne) {
  fetch_on_virtual_clock(100);
  EXPECT_STORY(
      story, elapsed(), 500ms, "the requests are not all under way before the first one is awaited",
      tests::Seen{50s, "one-after-the-other"}, tests::Seen{0ms, "tasks-that-nobody-awaits"});
}

TEST_F(Use1c_FetchAll, AllAreUnderWayAtOnce) {
  fetch_on_virtual_clock(100);
  EXPECT_STORY(story, server.most_under_way, 100,
               "a request is awaited before the next one has started",
               tests::Seen{1, "one-after-the-other"}, tests::Seen{0, "tasks-that-nobody-awaits"});
}

TEST_F(Use1c_FetchAll, KeepsTheOrderOfThePagesWhenOneIsSlow) {
  server.slow_page = 0;
  const Pages answers = fetch_on_virtual_clock(3);
  EXPECT_STORY(story, answers, (Pages{"page 0", "page 1", "page 2"}),
               "answers are collected as they arrive; page 0 is the last to arrive here",
               tests::Seen{Pages{"page 1", "page 2", "page 0"}, "answers-as-they-arrive"},
               tests::Seen{Pages{}, "tasks-that-nobody-awaits"});
}

TEST_F(Use1c_FetchAll, NoPagesTakeNoTime) {
  EXPECT_STORY(story, fetch_on_virtual_clock(0), Pages{},
               "no page was asked for, so none is there");
  EXPECT_STORY(story, elapsed(), 0ms, "something waits although no page was asked for");
}

}  // namespace

aio::Coro<std::string> fetch(int page) {
  ++server.asked;
  server.most_under_way = std::max(server.most_under_way, ++server.under_way);
  co_await aio::sleep(page == server.slow_page ? 1500ms : 500ms);
  --server.under_way;
  co_return "page " + std::to_string(page);
}
