// use-5c: three requests in a row, with callbacks only.

#include <chrono>
#include <exception>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>

#include "support/at.hpp"
#include "support/ending.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"
#include "support/virtual_loop.hpp"
#include "support/whose.hpp"
#include "web.hpp"

namespace {

using namespace std::chrono_literals;
using tests::at, tests::Seen;
using Pages = std::map<std::string, std::string>;

const auto compiled = tests::compiled_from(aio::layers::future);

const Pages good{{"/", "weather: mild\narticle: /loops\n"},
                 {"/loops", "title: On loops\nauthor: /ada\n"},
                 {"/ada", "name: Ada\nborn: 1815\n"}};

Pages good_except(const std::string& path, const std::string& page) {
  Pages pages = good;
  pages[path] = page;
  return pages;
}
Pages good_without(const std::string& path) {
  Pages pages = good;
  pages.erase(path);
  return pages;
}

/// A reader who asks for the author, and notes what happens.
struct Reader : tests::VirtualLoop {
  Web web;
  aio::Future<std::string> author{loop};

  explicit Reader(Pages pages = good) : web(loop, std::move(pages)) { report_exceptions(); }
  void ask() {
    story.step("author_of_the_day()");
    const std::string asked_too_early = ask_once();
    EXPECT_STORY(story, asked_too_early, "",
                 "no page has come yet: what wants a page's result runs in its done callback");
    story.step("it has returned, so its local variables are gone");
  }
  /// What it throws instead of returning a future.
  std::string ask_once() {
    try {
      author = author_of_the_day(web);
      return "";
    } catch (const std::exception& error) {
      return error.what();
    }
  }
  /// Runs until nothing is left to do; returns how the question ended.
  std::string ends() {
    const tests::Suspicion crash(
        "a callback uses a local variable of author_of_the_day() by reference: the function has "
        "returned, and its variables are gone");
    try {
      loop.run_forever();
    } catch (const aio::DeadlockError&) {
      story.step("nothing is left to do; requests: " + requests());
    }
    return outcome();
  }
  std::string outcome() const { return tests::ending(author); }
  std::string requests() const {
    std::string all;
    for (const std::string& path : web.requests()) all += (all.empty() ? "" : " ") + path;
    return all;
  }
};

TEST(Use5c_Author, IsFoundAtTheEndOfTheTrail) {
  Reader reader;
  reader.ask();
  EXPECT_STORY(reader.story, reader.ends(), "Ada", "the trail was not followed to its end");
  EXPECT_STORY(reader.story, reader.requests(), "/ /loops /ada", "these pages lead to the author");
  EXPECT_STORY(reader.story, reader.clock.now(), at(3s), "three requests in a row take 3 s");
  EXPECT_STORY(reader.story, reader.story.order(), "", "something was reported");
}

TEST(Use5c_Author, IsPromisedAtOnce) {
  Reader reader;
  reader.ask();
  EXPECT_STORY(reader.story, reader.outcome(), "pending", "the answer takes three seconds");
  EXPECT_STORY(reader.story, reader.requests(), "/",
               "the first request must be under way when the function returns");
}

TEST(Use5c_Author, APageThatIsMissingIsAFailure) {
  for (const char* path : {"/", "/loops", "/ada"}) {
    if (HasFailure()) return;  // the others would say the same
    Reader reader(good_without(path));
    reader.ask();
    EXPECT_STORY(reader.story, reader.ends(), "failed(" + std::string(path) + ": 404 not found)",
                 "a failed request throws from result(), inside your callback: catch it there, and "
                 "hand it to whoever waits",
                 Seen{std::string("pending"), "failure-on-the-way-is-lost"});
    EXPECT_STORY(
        reader.story, reader.story.order(), "",
        "the failure left a callback, so the loop reported it",
        Seen{"reported(" + std::string(path) + ": 404 not found)", "failure-on-the-way-is-lost"});
  }
}

TEST(Use5c_Author, APageThatSaysNothingIsAFailure) {
  const std::map<std::string, std::string> missing{
      {"/", "article"}, {"/loops", "author"}, {"/ada", "name"}};
  for (const auto& [path, name] : missing) {
    if (HasFailure()) return;
    Reader reader(good_except(path, "an empty page"));
    reader.ask();
    EXPECT_STORY(reader.story, reader.ends(), "failed(this page has no " + name + ")",
                 "field() throws inside your callback: catch it there, and hand it on",
                 Seen{std::string("pending"), "failure-on-the-way-is-lost"});
  }
}

TEST(Use5c_Author, NothingIsAskedAfterAFailure) {
  Reader reader(good_without("/loops"));
  reader.ask();
  reader.ends();
  EXPECT_STORY(reader.story, reader.requests(), "/ /loops", "the chain goes on after a failure");
}

TEST(Use5c_Author, WhoCancelsIsAskedNoMore) {
  const std::vector<std::pair<std::chrono::milliseconds, std::string>> moments{
      {500ms, "/"}, {1500ms, "/ /loops"}, {2500ms, "/ /loops /ada"}};
  for (const auto& [moment, requests] : moments) {
    if (HasFailure()) return;
    Reader reader;
    reader.ask();
    reader.after(moment, "the result is cancelled", [&] { reader.author.cancel(); });
    EXPECT_STORY(reader.story, reader.ends(), "cancelled", "the cancellation was taken back");
    EXPECT_STORY(reader.story, reader.requests(), requests,
                 "look whether somebody still wants the result before you ask for the next page");
    EXPECT_STORY(reader.story, reader.story.order(), "",
                 "a late answer must not complete what was cancelled");
  }
}

TEST(Use5c_Author, ARequestThatIsCancelledCancelsIt) {
  for (const auto moment : {500ms, 1500ms, 2500ms}) {
    if (HasFailure()) return;
    Reader reader;
    reader.ask();
    reader.after(moment, "disconnect(): the request is cancelled",
                 [&] { reader.web.disconnect(); });
    EXPECT_STORY(reader.story, reader.ends(), "cancelled",
                 "CancelledError is no failure: whoever catches it hands it on as what it is",
                 Seen{std::string("pending"), "failure-on-the-way-is-lost"});
  }
}

TEST(Use5c_Author, AFailureThatNobodyHearsIsReportedOnce) {  // FUT-13
  Reader reader(good_without("/ada"));
  reader.ask();
  reader.story.step("the result's only handle goes");
  reader.author = aio::Future<std::string>(reader.loop);
  reader.ends();
  EXPECT_STORY(reader.story, reader.story.order(), "reported(/ada: 404 not found)",
               "the failure belongs to the result, and is reported when that goes");
}

TEST(Use5c_Author, TwoReadersDoNotDisturbEachOther) {
  Reader reader;
  reader.ask();
  const aio::Future<std::string> first = reader.author;
  reader.ask();
  reader.after(1500ms, "the second one gives up", [&] { reader.author.cancel(); });
  EXPECT_STORY(reader.story, reader.ends(), "cancelled", "the second one gave up");
  EXPECT_STORY(reader.story, tests::ending(first), "Ada",
               "each call has a result of its own: what one gives up, the other goes on with");
}

}  // namespace
