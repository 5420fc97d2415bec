// fix-13c: a crawler, on a site that is a map of links.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/sleep.hpp>
#include <aio/task.hpp>

#include "crawler.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/virtual_loop.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro;
using tests::LooksLike, tests::Seen;

/// A site on which each page takes a second, and "/slow" five. Pages that link nowhere need not be
/// named.
class Pages {
 public:
  explicit Pages(std::map<std::string, std::vector<std::string>> links, std::string broken = "")
      : links_(std::move(links)), broken_(std::move(broken)) {}

  void run(std::size_t workers) {
    Fetch fetch = [this](std::string page) { return get(std::move(page)); };
    const auto all = [&]() -> Coro<> {
      result = co_await crawl(fetch, "/", workers);
      story.step("crawl() has ended");
    };
    try {
      tests::run_virtual(all(), clock_);
    } catch (const std::exception& error) {
      thrown = error.what();
    }
    took = std::chrono::nanoseconds(clock_.now().time_since_epoch()) - start_;
  }

  Crawled result{};
  std::string thrown = "nothing";
  std::size_t most = 0;  // pages that were fetched at a time
  std::size_t fetched = 0;
  std::chrono::nanoseconds took{};

 private:
  Coro<std::vector<std::string>> get(std::string page) {
    story.step("fetch(" + page + ")");
    ++fetched;
    most = std::max(most, ++busy_);
    co_await aio::sleep(page == "/slow" ? 5s : 1s);
    --busy_;
    if (page == broken_) throw std::runtime_error("404");
    co_return links_[page];
  }

  aio::VirtualClock clock_{};
  std::chrono::nanoseconds start_{clock_.now().time_since_epoch()};
  std::map<std::string, std::vector<std::string>> links_;
  std::string broken_;
  std::size_t busy_ = 0;

 public:
  tests::Story story{clock_};
};

TEST(Fix13c_Crawler, FetchesEveryPageOnce) {
  Pages site({{"/", {"/a", "/b"}}, {"/a", {"/b", "/"}}, {"/b", {"/c", "/a"}}});
  site.run(2);
  EXPECT_STORY(site.story, site.result.pages, (std::set<std::string>{"/", "/a", "/b", "/c"}),
               "all pages can be reached from the first one; there are none if it never ends");
  EXPECT_STORY(site.story, site.fetched, 4U, "a page that two others link to is fetched once");
}

TEST(Fix13c_Crawler, HasAllWorkersThoughItBeginsWithOnePage) {
  Pages site({{"/", {"/a", "/b", "/c"}}});
  site.run(3);
  EXPECT_STORY(site.story, site.most, 3U,
               "the queue was empty while the first page was fetched, and was not the end",
               Seen{1U, "an-empty-queue-is-the-end"});
  EXPECT_STORY(site.story, site.took, std::chrono::nanoseconds(2s),
               "a second for the first page, and one for the three others",
               LooksLike{std::chrono::nanoseconds(4s), "an-empty-queue-is-the-end"});
}

TEST(Fix13c_Crawler, AFreeWorkerTakesTheNextPage) {
  Pages site({{"/", {"/slow", "/a"}}, {"/a", {"/b", "/c"}}});
  site.run(2);
  EXPECT_STORY(site.story, site.took, std::chrono::nanoseconds(6s),
               "a second for the first page and five for /slow; the other worker fetches the rest "
               "meanwhile",
               LooksLike{std::chrono::nanoseconds(7s), "waits-for-the-slowest"},
               LooksLike{std::chrono::nanoseconds(9s), "an-empty-queue-is-the-end"});
}

TEST(Fix13c_Crawler, GoesOnAfterAPageThatFails) {
  Pages site({{"/", {"/a", "/b", "/c", "/d"}}, {"/d", {"/e"}}}, "/a");
  site.run(2);
  EXPECT_STORY(site.story, site.thrown, "nothing", "one page failed, the crawl did not");
  EXPECT_STORY(site.story, site.result.failed, std::set<std::string>{"/a"}, "it is noted");
  EXPECT_STORY(site.story, site.result.pages, (std::set<std::string>{"/", "/b", "/c", "/d", "/e"}),
               "the others are fetched");
}

TEST(Fix13c_Crawler, EndsWhenTheLastPageFails) {
  Pages site({{"/", {"/a"}}}, "/a");
  site.run(2);
  EXPECT_STORY(site.story, site.thrown, "nothing",
               "nothing waits and nobody works: that is the end, whatever came of the last page");
  EXPECT_STORY(site.story, site.result.pages, std::set<std::string>{"/"}, "one page could be had");
}

struct Cancelled : tests::CancelScene {
  Coro<> play() override {
    const Fetch fetch = [this](std::string page) { return get(std::move(page)); };
    co_await crawl(fetch, "/", 2);
  }
  Coro<std::vector<std::string>> get(std::string page) {
    co_await work(page);
    std::vector<std::string> links;
    if (page == "/") links = {"/a", "/b", "/c"};
    co_return links;
  }
};

TEST(Fix13c_Crawler, HasEndedWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("a worker goes on after crawl() has thrown");
}

}  // namespace
