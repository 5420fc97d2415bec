// fix-15b: a failure that leaves two questions behind.

#include <chrono>
#include <stdexcept>
#include <string>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/exception_group.hpp>
#include <aio/task.hpp>
#include <aio/task_group.hpp>

#include "profile.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::CancelledError, aio::Clock, aio::Coro;

const auto compiled = tests::compiled_from(aio::layers::task_group);

/// Three sources on virtual time.
struct Office : tests::Stage {
  Coro<std::string> answer(std::string what, Clock::duration takes, bool good = true) {
    try {
      co_await aio::sleep(takes);
    } catch (const CancelledError&) {
      said(what + " stopped@" + time());
      throw;
    }
    said(what + "@" + time());
    if (!good) throw std::runtime_error("no " + what);
    co_return what;
  }
  Sources sources(Clock::duration name, Clock::duration orders, Clock::duration picture,
                  std::string missing = "") {
    Sources all;
    all.name = [this, name, missing] { return answer("name", name, missing != "name"); };
    all.orders = [this, orders, missing] { return answer("orders", orders, missing != "orders"); };
    all.picture = [this, picture, missing] {
      return answer("picture", picture, missing != "picture");
    };
    return all;
  }
  Coro<> load(Sources from) {
    try {
      const Profile profile = co_await load_profile(std::move(from));
      said(profile.name + "+" + profile.orders + "+" + profile.picture + "@" + time());
    } catch (const aio::ExceptionGroup& group) {
      for (const std::exception_ptr& each : group.exceptions) said(aio::message_of(each));
    } catch (const std::runtime_error& error) {
      said(std::string("alone: ") + error.what());
    }
    EXPECT_STORY(story, aio::all_tasks().size(), 1U, "a source is asked, and nobody waits for it");
    co_await aio::sleep(1h);
  }
};

TEST(Fix15b_Profile, AsksAllAtTheSameTime) {
  Office office;
  office.run(office.load(office.sources(2s, 3s, 1s)));
  EXPECT_STORY(office.story, office.story.order(),
               "picture@1 s name@2 s orders@3 s name+orders+picture@3 s",
               "each source is asked while the others are");
}

TEST(Fix15b_Profile, WithoutANameNobodyIsAskedAnyMore) {
  Office office;
  office.run(office.load(office.sources(1s, 3s, 2s, "name")));
  EXPECT_STORY(
      office.story, office.story.order(), "name@1 s orders stopped@1 s picture stopped@1 s no name",
      "the two tasks belong to nobody: a failure between them and their await leaves them "
      "running",
      tests::LooksLike{"name@1 s alone: no name picture@2 s orders@3 s", "the-tasks-are-nobodys"});
}

TEST(Fix15b_Profile, WithoutAPictureNobodyIsAskedAnyMore) {
  Office office;
  office.run(office.load(office.sources(9s, 9s, 1s, "picture")));
  EXPECT_STORY(office.story, office.story.order(),
               "picture@1 s orders stopped@1 s name stopped@1 s no picture",
               "whoever awaits one thing after the other hears late of the last one's failure",
               tests::LooksLike{"picture@1 s name@9 s orders@9 s alone: no picture",
                                "the-failure-is-heard-late"});
}

struct Cancelled : tests::CancelScene {
  bool begins_what_is_queued() const override { return true; }
  Coro<> play() override {
    Sources sources;
    sources.name = [this] { return work("name"); };
    sources.orders = [this] { return work("orders", 2s); };
    sources.picture = [this] { return work("picture", 2s); };
    co_await load_profile(std::move(sources));
  }
};

TEST(Fix15b_Profile, NobodyIsAskedAnyMoreWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("a source is asked when load_profile() has ended");
}

}  // namespace
