// fix-11b: a pipeline in which everybody waits for everybody.

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/queue.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>

#include "pipeline.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro;
using tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::queue);

std::vector<std::string> lines(std::size_t count) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back("line " + std::to_string(i));
  return all;
}

std::string in_capitals(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "LINE " + std::to_string(i) + "; ";
  return text;
}

/// What comes out; or that nothing does, because everybody waits.
std::string sent_through(std::size_t count, long room) {
  struct Body {
    static Coro<std::string> main(std::size_t count, long room) {
      Pipeline pipeline(room);
      std::string text;
      for (const std::string& line : co_await pipeline.work(lines(count))) text += line + "; ";
      co_return text;
    }
  };
  try {
    return tests::run_virtual(Body::main(count, room));
  } catch (const aio::DeadlockError&) {
    return "deadlock";
  }
}

TEST(Fix11b_Pipeline, MoreLinesGoThroughThanThereIsRoomFor) {
  const tests::Story story;
  EXPECT_STORY(story, sent_through(20, 2), in_capitals(20),
               "who puts waits for room, the stage waits for room behind it, and nobody takes: the "
               "taking has to go on beside the putting",
               Seen{"deadlock", "only-the-stage-beside-it"});
}

TEST(Fix11b_Pipeline, AnyNumberOfLinesAndAnyRoom) {
  const tests::Story story;
  for (const std::size_t count : {0UL, 1UL, 2UL, 5UL, 100UL}) {
    for (const long room : {1L, 3L, 50L}) {
      EXPECT_STORY(story, sent_through(count, room), in_capitals(count),
                   "each line comes out once, in order");
    }
  }
}

TEST(Fix11b_Pipeline, NothingGoesOnWhenItIsCancelled) {
  const tests::Story story;
  struct Body {
    static Coro<std::size_t> main() {
      Pipeline pipeline(1);
      const auto work = aio::create_task(pipeline.work(lines(1000)));
      for (int turns = 0; turns < 10; ++turns) co_await aio::sleep(0s);
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
    left = tests::run_virtual(Body::main());
  } catch (const aio::DeadlockError&) {
  }
  EXPECT_STORY(story, left, std::size_t{1},
               "only the caller is left: what work() began must end with it");
}

struct Cancelled : tests::CancelScene {
  Pipeline pipeline{1};
  Coro<> play() override { co_await pipeline.work(lines(5)); }
};

TEST(Fix11b_Pipeline, NothingGoesOnWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("what work() has begun goes on without it");
}

}  // namespace
