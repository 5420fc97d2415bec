// use-10c: many pages, but only a few at a time. Real sockets, and no waiting by the clock: the
// server holds pages back until it is told.

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/semaphore.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/result.hpp>
#include <aio/task.hpp>

#include "downloads.hpp"
#include "page_server.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Coro, aio::Task;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::semaphore);

/// Gives way until `condition()` is true; a second is more than it can take. Then looks whether
/// anything more happens.
template <class Predicate>
Coro<> until(Predicate condition) {
  for (int i = 0; i < 200 && !condition(); ++i) co_await aio::sleep(5ms);
}
Coro<> settle() { co_await aio::sleep(30ms); }

std::string joined(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

std::string text_of(const aio::Result<std::string>& result) {
  if (result.failed()) return aio::message_of(result.exception());
  return result.value();
}

/// How a task ended; one that has not is cancelled.
Coro<std::string> end_of(Task<std::string> task) {
  if (!task.done()) {
    task.cancel();
    co_return "still waits";
  }
  co_return task.cancelled() ? "cancelled" : task.result();
}

/// A server and at most three connections to it.
struct Scene {
  PageServer server{};
  Downloads downloads{server.port(), 3};
  tests::Story story{};
  std::vector<Task<std::string>> tasks{};

  void start(const std::string& page) {
    story.step("get(" + page + ")");
    tasks.push_back(aio::create_task(downloads.get(page)));
  }
  Coro<> asked_for(std::size_t count) {
    co_await until([this, count] { return server.asked().size() >= count; });
    co_await settle();
  }
  Coro<> stop() {
    for (const auto& task : tasks) task.cancel();
    co_await settle();
    for (const auto& task : tasks) {
      if (task.done() && !task.cancelled()) (void)task.exception();
    }
  }
};

TEST(Use10c_Downloads, GivesAllPagesInOrder) {
  aio::run([]() -> Coro<> {
    Scene scene;
    std::vector<std::string> pages{"a", "b", "c", "d", "e", "f", "g"};
    const auto results = co_await scene.downloads.get_all(pages);
    std::vector<std::string> texts;
    for (const auto& result : results) texts.push_back(text_of(result));
    EXPECT_STORY(scene.story, joined(texts),
                 "text of a text of b text of c text of d text of e text of f text of g",
                 "entry i is page i");
  }());
}

TEST(Use10c_Downloads, ThreeAtOnceAndNeverMore) {
  aio::run([]() -> Coro<> {
    Scene scene;
    for (const char* page : {"a", "b", "c", "d", "e", "f"}) {
      scene.server.hold(page);
      scene.start(page);
    }
    co_await scene.asked_for(3);
    EXPECT_STORY(scene.story, scene.server.waiting(), 3U,
                 "three connections are to be used, and no more", Seen{6UL, "connects-then-waits"},
                 Seen{1UL, "one-at-a-time"});
    for (const char* page : {"a", "b", "c", "d", "e", "f"}) {
      scene.server.let_go(page);
    }
    co_await scene.asked_for(6);
    EXPECT_STORY(scene.story, scene.server.most(), 3U, "there were more than three connections",
                 Seen{6UL, "connects-then-waits"}, Seen{1UL, "one-at-a-time"});
    EXPECT_STORY(scene.story, joined(scene.server.asked()), "a b c d e f",
                 "the calls are served in the order in which they come");
    co_await scene.stop();
  }());
}

TEST(Use10c_Downloads, ASlowPageHoldsUpNobody) {
  aio::run([]() -> Coro<> {
    Scene scene;
    scene.server.hold("slow");
    std::vector<std::string> pages{"slow", "a", "b", "c", "d", "e"};
    const auto all = aio::create_task(scene.downloads.get_all(std::move(pages)));
    co_await scene.asked_for(6);
    EXPECT_STORY(scene.story, joined(scene.server.asked()), "slow a b c d e",
                 "two places are free, and nobody uses them", Seen{"slow a b", "three-by-three"},
                 Seen{"slow", "one-at-a-time"});
    scene.server.let_go("slow");
    co_await until([&all] { return all.done(); });
    EXPECT_STORY(scene.story, all.done(), true,
                 "the slow page has come, and get_all() does not end");
    all.cancel();
  }());
}

TEST(Use10c_Downloads, AFailureFreesItsPlaceAndIsAnEntry) {
  aio::run([]() -> Coro<> {
    Scene scene;
    std::vector<std::string> pages{"broken", "broken", "broken", "broken", "a", "b"};
    const auto all = aio::create_task(scene.downloads.get_all(std::move(pages)));
    co_await until([&all] { return all.done(); });
    EXPECT_STORY(scene.story, joined(scene.server.asked()), "broken broken broken broken a b",
                 "a download that failed has kept its place",
                 Seen{"broken broken broken", "a-failure-keeps-its-place"});
    if (all.done() && !all.cancelled() && all.exception() == nullptr) {
      EXPECT_STORY(scene.story, text_of(all.result().at(0)), "no such page: broken",
                   "the entry of a page that fails is its failure");
      EXPECT_STORY(scene.story, text_of(all.result().at(5)), "text of b",
                   "the entry of a page that is there is its text");
    } else {
      ADD_FAILURE() << "a page that fails is an entry, and does not end the others";
      all.cancel();
    }
  }());
}

TEST(Use10c_Downloads, ACancelledDownloadFreesItsPlace) {
  aio::run([]() -> Coro<> {
    Scene scene;
    for (const char* page : {"a", "b", "c"}) scene.server.hold(page);
    for (const char* page : {"a", "b", "c", "d", "e"}) scene.start(page);
    co_await scene.asked_for(3);
    scene.tasks.at(3).cancel();  // d waits for a place
    scene.tasks.at(1).cancel();  // b is being fetched
    co_await until([&scene] { return scene.tasks.at(4).done(); });
    const std::string b = co_await end_of(scene.tasks.at(1));
    const std::string d = co_await end_of(scene.tasks.at(3));
    const std::string e = co_await end_of(scene.tasks.at(4));
    EXPECT_STORY(scene.story, b + ", " + d + ", " + e, "cancelled, cancelled, text of e",
                 "the place of a cancelled download is not free",
                 Seen{"cancelled, cancelled, still waits", "a-failure-keeps-its-place"});
    EXPECT_STORY(scene.story, joined(scene.server.asked()), "a b c e",
                 "d was cancelled before it had a place");
    co_await scene.stop();
  }());
}

TEST(Use10c_Downloads, CancellingAllLeavesNothingBehind) {
  aio::run([]() -> Coro<> {
    Scene scene;
    for (const char* page : {"a", "b", "c"}) scene.server.hold(page);
    std::vector<std::string> pages{"a", "b", "c", "d", "e"};
    const auto all = aio::create_task(scene.downloads.get_all(std::move(pages)));
    co_await scene.asked_for(3);
    all.cancel();
    co_await until([&scene] { return scene.server.waiting() == 0; });
    EXPECT_STORY(scene.story, scene.server.waiting(), 0U, "connections are left open");
    EXPECT_STORY(scene.story, joined(scene.server.asked()), "a b c",
                 "what waited for a place is cancelled too");
    EXPECT_STORY(scene.story, all.cancelled(), true,
                 "the request to stop has to come out as CancelledError");
    scene.start("f");
    co_await until([&scene] { return scene.tasks.at(0).done(); });
    const std::string next = co_await end_of(scene.tasks.at(0));
    EXPECT_STORY(scene.story, next, "text of f", "the places of cancelled downloads are not free",
                 Seen{"still waits", "a-failure-keeps-its-place"});
  }());
}

/// Four pages through two connections; another page comes afterwards.
struct Cancelled : tests::CancelScene {
  Downloads* downloads = nullptr;

  Coro<> play() override {
    std::vector<std::string> pages{"a", "broken", "c", "d"};
    co_await downloads->get_all(std::move(pages));
  }
  Coro<> world(Coro<> playing) override {
    PageServer server;
    Downloads two(server.port(), 2);
    downloads = &two;
    co_await std::move(playing);
    for (const char* page : {"e", "f", "g"}) {
      const std::string text = co_await two.get(page);
      EXPECT_STORY(story, text, "text of " + std::string(page),
                   "a download that was cancelled has kept its place");
    }
  }
};

TEST(Use10c_Downloads, AllPlacesAreFreeWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("a download that was cancelled keeps its place, or goes on");
}

}  // namespace
