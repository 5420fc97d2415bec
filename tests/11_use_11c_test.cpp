// use-11c: many sources, many consumers, one queue, and an end for everybody.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/queue.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

#include "mill.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/stage.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::queue);

/// Sources and a handle that keep count of everything, on virtual time.
struct Scene : tests::Stage {
  int read = 0, in_work = 0, most_in_work = 0, most_ahead = 0, dealt_with = 0;
  std::map<int, int> times{};  // by item: how often it was handled

  /// Items first, first + 1, …; `pause` before each.
  Source source(int first, int count, aio::Delay pause = 0s) {
    return [this, next = first, end = first + count, pause]() mutable {
      return give(next == end ? std::optional<int>() : next++, pause);
    };
  }
  Coro<std::optional<int>> give(std::optional<int> item, aio::Delay pause) {
    co_await aio::sleep(pause);
    if (item) most_ahead = std::max(most_ahead, ++read - dealt_with);
    co_return item;
  }
  Source broken_after(int first, int count) {
    return [this, next = first, end = first + count]() mutable {
      if (next == end) throw std::runtime_error("the disk is gone");
      return give(next++, 0s);
    };
  }
  Coro<> deal_with(int item) {
    most_in_work = std::max(most_in_work, ++in_work);
    ++times[item];
    co_await aio::sleep(1s);
    --in_work;
    ++dealt_with;
    if (item % 10 == 7) throw std::runtime_error("nobody likes 7");
  }
  Handle handle() {
    return [this](int item) { return deal_with(item); };
  }
  bool each_once(int count) const {
    return static_cast<int>(times.size()) == count &&
           std::ranges::all_of(times, [](const auto& entry) { return entry.second == 1; });
  }

  /// "handled 5, failed 1, broken 0", or "it never ends; 3 were dealt with".
  std::string run(std::vector<Source> sources, int consumers, long room) {
    return run(std::move(sources), consumers, room, handle());
  }
  std::string run(std::vector<Source> sources, int consumers, long room, Handle handle) {
    try {
      const Tally tally =
          Stage::run(handle_all(std::move(sources), consumers, room, std::move(handle)));
      return "handled " + std::to_string(tally.handled) + ", failed " +
             std::to_string(tally.failed) + ", broken " + std::to_string(tally.broken_sources);
    } catch (const aio::DeadlockError&) {
      return "it never ends; " + std::to_string(dealt_with) + " were dealt with";
    } catch (const aio::QueueShutDown&) {
      return "the queue was shut down too early";
    }
  }
};

TEST(Use11c_Mill, EveryItemIsHandledOnceAndThenItEnds) {
  Scene scene;
  const std::string result = scene.run({scene.source(0, 6), scene.source(100, 5)}, 3, 2);
  const char* const cause =
      result.starts_with("it never ends; 11")
          ? "all items are dealt with, and somebody waits on: the end has to reach every consumer. "
            "The queue is shut down when the last source has ended"
      : result.starts_with("it never ends; 0")
          ? "nobody takes what the readers put, and the queue is full: readers and consumers work "
            "side by side"
          : "an item is left in the queue, or lost: the end comes after the last item, and drops "
            "none";
  EXPECT_STORY(scene.story, result, "handled 11, failed 0, broken 0", cause,
               tests::LooksLike{"it never ends; 11 were dealt with", "one-end-for-all-of-them"});
  EXPECT_STORY(scene.story, scene.each_once(11), true, "an item was lost, or handled twice");
}

TEST(Use11c_Mill, ASlowSourceIsWaitedFor) {
  Scene scene;
  EXPECT_STORY(scene.story, scene.run({scene.source(0, 1), scene.source(100, 3, 1h)}, 2, 2),
               "handled 4, failed 0, broken 0", "a source that has ended does not end the others",
               Seen{"handled 1, failed 0, broken 1", "the-first-end-is-the-end"});
}

TEST(Use11c_Mill, SourcesAreReadSideBySide) {
  Scene scene;
  const auto begin = scene.clock.now();
  scene.run({scene.source(0, 5, 1h), scene.source(100, 5, 1h)}, 2, 2);
  const auto hours = std::chrono::floor<std::chrono::hours>(scene.clock.now() - begin);
  EXPECT_STORY(scene.story, hours, 6h,
               "each source takes an hour for an item and one for its end: both together take no "
               "longer than one",
               Seen{12h, "one-source-after-the-other"});
}

TEST(Use11c_Mill, AtMostSoManyAtOnce) {
  Scene scene;
  scene.run({scene.source(0, 20), scene.source(100, 20)}, 4, 5);
  EXPECT_STORY(scene.story, scene.most_in_work, 4, "as many at once as there are consumers");
}

TEST(Use11c_Mill, ReadersWaitForRoom) {
  Scene scene;
  scene.run({scene.source(0, 50)}, 2, 3);
  EXPECT_STORY(scene.story, scene.dealt_with, 50,
               "what comes after a failure is not dealt with: the failure of an item has ended the "
               "consumer that had it");
  EXPECT_STORY(scene.story, scene.most_ahead <= 2 + 3 + 1, true,
               "2 in work, 3 in the queue, 1 in the reader's hand: more were read ahead, so the "
               "queue has no limit");
}

TEST(Use11c_Mill, AFailureIsCountedAndTheOthersGoOn) {
  Scene scene;
  EXPECT_STORY(scene.story, scene.run({scene.source(0, 20)}, 2, 2),
               "handled 18, failed 2, broken 0",
               "7 and 17 fail; the consumer that had them goes on with the next",
               Seen{"handled 16, failed 2, broken 0", "a-failure-ends-the-consumer"});
}

TEST(Use11c_Mill, AFailureThatLooksLikeTheEndIsAFailure) {
  Scene scene;
  const Handle handle = [&scene](int item) -> Coro<> {
    ++scene.dealt_with;
    if (item < 2) throw aio::QueueShutDown();  // of a queue of its own
    co_return;
  };
  EXPECT_STORY(scene.story, scene.run({scene.source(0, 20)}, 2, 2, handle),
               "handled 18, failed 2, broken 0",
               "handle() threw QueueShutDown, which says nothing about your queue",
               tests::LooksLike{"it never ends; 2 were dealt with", "a-failure-taken-for-the-end"});
}

TEST(Use11c_Mill, ABrokenSourceIsCountedAndTheOthersGoOn) {
  Scene scene;
  const std::string result = scene.run({scene.broken_after(0, 2), scene.source(100, 5)}, 2, 2);
  EXPECT_STORY(
      scene.story, result, "handled 7, failed 0, broken 1",
      result.ends_with("broken 0") ? "what the source throws leaves its reader, uncounted"
                                   : "what was read is handled, and the other source goes on",
      Seen{"handled 7, failed 0, broken 0", "a-broken-source-is-not-counted"},
      tests::LooksLike{"it never ends; 7 were dealt with", "a-broken-source-stops-it-all"});
}

TEST(Use11c_Mill, NothingAtAllIsAnEndToo) {
  Scene scene;
  EXPECT_STORY(scene.story, scene.run({}, 3, 2), "handled 0, failed 0, broken 0",
               "no source: the end is there at once");
  EXPECT_STORY(scene.story, scene.run({scene.source(0, 0)}, 3, 2), "handled 0, failed 0, broken 0",
               "an empty source has ended at once");
}

TEST(Use11c_Mill, CancellingItEndsEverything) {
  Scene scene;
  struct Body {
    static Coro<std::size_t> main(Scene& scene) {
      std::vector<Source> sources;
      sources.push_back(scene.source(0, 1000));
      const auto work = aio::create_task(handle_all(std::move(sources), 3, 2, scene.handle()));
      co_await aio::sleep(5s);
      work.cancel();
      try {
        co_await work;
      } catch (const aio::CancelledError&) {
      }
      co_return aio::all_tasks().size();
    }
  };
  std::size_t left = 0;
  try {
    left = scene.Stage::run(Body::main(scene));
  } catch (const aio::DeadlockError&) {
    scene.story.step("handle_all() was cancelled, and never ends");
  }
  EXPECT_STORY(scene.story, left, std::size_t{1},
               left == 0
                   ? "a CancelledError that was meant for a reader or a consumer is swallowed "
                     "like a failure, and it goes on: cancelling() of the current task is "
                     "above 0 then"
                   : "only the caller is left; readers and consumers end with it");
}

/// Two sources, of which one breaks, and three who handle.
struct Cancelled : tests::CancelScene {
  Coro<> play() override {
    std::vector<Source> sources;
    sources.emplace_back([this, next = 0]() mutable { return give(++next, 1s); });
    sources.emplace_back([this, next = 10]() mutable { return give(++next, 300ms); });
    co_await handle_all(std::move(sources), 3, 1, [this](int item) { return deal_with(item); });
  }
  Coro<std::optional<int>> give(int item, aio::Delay time) {
    co_await work("item " + std::to_string(item), time);
    if (item == 13) throw std::runtime_error("the disk is gone");
    co_return item == 4 ? std::optional<int>() : item;
  }
  Coro<> deal_with(int item) {
    co_await work("handling " + std::to_string(item), 700ms);
    if (item == 2) throw std::runtime_error("nobody likes 2");
  }
};

TEST(Use11c_Mill, EverythingHasEndedWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>(
      "handle_all() has ended before all of its readers and consumers: the queue is gone, and they "
      "still use it");
}

TEST(Use11c_Mill, WhateverIsThrownIsAFailure) {
  Scene scene;
  const Handle handle = [&scene](int item) -> Coro<> {
    ++scene.dealt_with;
    if (item == 1) throw 7;
    if (item == 2) throw aio::CancelledError();  // what it waited for was cancelled
    co_await aio::sleep(1s);
  };
  EXPECT_STORY(
      scene.story, scene.run({scene.source(0, 9)}, 2, 2, handle), "handled 7, failed 2, broken 0",
      "a handle may throw what is no std::exception, even CancelledError: cancelling() of "
      "the current task tells whether it is the consumer that has to stop",
      tests::LooksLike{"it never ends; 3 were dealt with", "only-some-failures-are-counted"});
}

}  // namespace
