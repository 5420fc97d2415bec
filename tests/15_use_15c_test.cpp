// use-15c: many pages, or the reason why not.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/exception_group.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>

#include "all_or_nothing.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro;
using tests::LooksLike;

const auto compiled = tests::compiled_from(aio::layers::task_group);

/// A site on virtual time: page "3" takes three seconds, "3!" fails after them.
struct Site : tests::Stage {
  std::size_t now = 0, most = 0, begun = 0;

  Coro<std::string> get(std::string page) {
    struct Guest {
      std::size_t& count;
      ~Guest() { --count; }
    } const guest{now};
    ++begun;
    most = std::max(most, ++now);
    co_await aio::sleep(std::chrono::seconds(std::stoi(page)));
    if (page.ends_with('!')) throw std::out_of_range("no page " + page);
    co_return "text of " + page;
  }
  Fetch fetch() {
    return [this](std::string page) { return get(std::move(page)); };
  }
  /// The texts in a line, or how it has failed.
  Coro<std::string> ask(std::vector<std::string> pages, std::size_t at_once) {
    std::string result;
    try {
      const std::vector<std::string> texts = co_await fetch_all(std::move(pages), fetch(), at_once);
      for (const std::string& text : texts) result += text + "; ";
    } catch (const aio::ExceptionGroup& group) {
      result = "a group: " + group.tree();
    } catch (const std::out_of_range& error) {
      result = error.what();
    }
    EXPECT_STORY(story, now, 0U, "pages are being fetched after fetch_all() has ended");
    co_return result + "@" + time();
  }
};

std::vector<std::string> pages(std::string_view names) {
  std::vector<std::string> all;
  std::string page;
  for (const char each : names) {
    if (each != ' ') {
      page += each;
    } else {
      all.push_back(std::exchange(page, ""));
    }
  }
  all.push_back(page);
  return all;
}

TEST(Use15c_AllOrNothing, GivesTheTextsInOrder) {
  Site site;
  EXPECT_STORY(
      site.story, site.run(site.ask(pages("3 1 2"), 3)), "text of 3; text of 1; text of 2; @3 s",
      "text i belongs to page i, and three pages at once take as long as the longest",
      LooksLike{std::string("text of 1; text of 2; text of 3; @3 s"), "texts-as-they-come"},
      LooksLike{std::string("text of 3; text of 1; text of 2; @6 s"), "one-page-after-the-other"});
  Site none;
  EXPECT_STORY(none.story, none.run(none.ask({}, 3)), "@0 ms", "no pages, no texts");
}

TEST(Use15c_AllOrNothing, FetchesSoManyAtOnce) {
  Site site;
  site.run(site.ask(pages("1 1 1 1 1 1 1"), 3));
  EXPECT_STORY(site.story, site.most, 3U, "three at a time: the group has a limit",
               LooksLike{std::size_t(7), "as-many-as-there-are"},
               LooksLike{std::size_t(1), "one-page-after-the-other"});
}

TEST(Use15c_AllOrNothing, TheFirstFailureEndsItAndIsThrownAlone) {
  Site site;
  EXPECT_STORY(site.story, site.run(site.ask(pages("9 2! 9 3!"), 4)), "no page 2!@2 s",
               "the error is taken out of the group",
               LooksLike{std::string("a group: 1 failure in a task group\n└─ no page 2!@2 s"),
                         "the-group-is-thrown"});
}

TEST(Use15c_AllOrNothing, AfterAFailureNoPageBegins) {
  Site site;
  site.run(site.ask(pages("1! 5 5 5"), 2));
  EXPECT_STORY(site.story, site.begun, 2U, "pages that wait for their turn are not begun any more");
}

TEST(Use15c_AllOrNothing, OfTwoFailuresTheFirstCounts) {
  Site site;
  const Fetch fetch = [&site](std::string page) -> Coro<std::string> {
    return [](Site& s, std::string which) -> Coro<std::string> {
      try {
        co_return co_await s.get(which);
      } catch (const CancelledError&) {
      }
      throw std::runtime_error("cannot clean up");
    }(site, std::move(page));
  };
  const auto main = [](Fetch from) -> Coro<std::string> {
    try {
      co_await fetch_all(pages("9 1!"), from, 2);
    } catch (const std::exception& error) {
      co_return error.what();
    }
    co_return "nothing is thrown";
  };
  EXPECT_STORY(site.story, site.run(main(fetch)), "no page 1!",
               "exceptions are in the order in which they came: the first one is the reason");
}

struct Cancelled : tests::CancelScene {
  bool begins_what_is_queued() const override { return true; }
  Coro<> play() override {
    const Fetch fetch = [this](std::string page) { return work(std::move(page)); };
    co_await fetch_all(pages("a b c d e"), fetch, 2);
  }
};

TEST(Use15c_AllOrNothing, NothingIsFetchedWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("pages are being fetched when fetch_all() has ended");
}

}  // namespace
