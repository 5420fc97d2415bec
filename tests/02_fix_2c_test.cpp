// Exercise fix-2c: a collector that must read all there is at each edge.

#include <array>
#include <chrono>
#include <string>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>
#include <aio/poller.hpp>
#include <aio/support/syscall.hpp>

#include "collector.hpp"
#include "support/story.hpp"

namespace {

using namespace std::chrono_literals;
using aio::check_syscall, aio::UniqueFd;
using tests::Seen;

class Fix2c_EdgeTriggered : public testing::Test {
 protected:
  Fix2c_EdgeTriggered() {
    std::array<int, 2> ends{};
    check_syscall("pipe2", pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC));
    out = UniqueFd(ends[0]);
    in = UniqueFd(ends[1]);
  }

  void arrive(std::size_t bytes) {
    const std::string text(bytes, 'x');
    story.step(std::to_string(bytes) + " bytes arrive");
    check_syscall("write", static_cast<int>(write(in.get(), text.data(), text.size())));
  }

  /// Waits once, and returns the number of events; each calls on_ready().
  int wait(Collector& collector) {
    const auto events = poller.wait(0s);
    story.step("wait() reports " + std::to_string(events.size()) +
               (events.size() == 1 ? " event" : " events"));
    for (const aio::PollEvent& event : events) static_cast<Collector*>(event.data)->on_ready();
    story.step("collected so far: " + std::to_string(collector.text().size()) + " bytes");
    return static_cast<int>(events.size());
  }

  /// Waits until nothing is reported; gives up when that is never.
  void wait_for_silence(Collector& collector) {
    for (int i = 0; i < 50 && wait(collector) > 0; ++i) continue;
  }

  UniqueFd out, in;
  aio::Poller poller;
  tests::Story story;
};

TEST_F(Fix2c_EdgeTriggered, CollectsALine) {
  Collector collector(poller, out.get());
  arrive(5);
  wait(collector);
  arrive(6);
  wait(collector);
  EXPECT_STORY(story, collector.text().size(), 11U, "on_ready() does not append what it has read");
  EXPECT_STORY(story, collector.ended(), false, "a read of -1 (EAGAIN) is taken for the end, 0");
}

TEST_F(Fix2c_EdgeTriggered, CollectsMoreThanItsBufferHolds) {
  Collector collector(poller, out.get());
  arrive(100);
  wait_for_silence(collector);
  EXPECT_STORY(story, collector.text().size(), 100U,
               "nothing new arrives, so there is no second event for the bytes that were left",
               Seen{16U, "one-read-for-each-edge"});
}

TEST_F(Fix2c_EdgeTriggered, CollectsAllThatAPipeHolds) {
  Collector collector(poller, out.get());
  arrive(60'000);
  wait_for_silence(collector);
  EXPECT_STORY(story, collector.text().size(), 60'000U,
               "a larger buffer is no cure: there may always be more",
               Seen{16U, "one-read-for-each-edge"}, Seen{4096U, "a-larger-buffer"});
}

TEST_F(Fix2c_EdgeTriggered, SeesAnEndThatCameTogetherWithTheLastBytes) {
  Collector collector(poller, out.get());
  arrive(5);
  story.step("the other side closes, before anybody has waited");
  in.reset();
  wait_for_silence(collector);
  EXPECT_STORY(story, collector.text().size(), 5U,
               "the end has come, and bytes before it are lost");
  EXPECT_STORY(story, collector.ended(), true,
               "a short read does not tell that the end has come as well: read until EAGAIN or 0",
               tests::LooksLike{false, "stops-at-a-short-read"});
}

TEST_F(Fix2c_EdgeTriggered, GoesOnAfterEachEdge) {
  Collector collector(poller, out.get());
  for (int i = 0; i < 10; ++i) {
    arrive(100);
    wait(collector);
  }
  EXPECT_STORY(
      story, collector.text().size(), 1000U,
      "after one edge something is left to read, which the next edge does not make up for");
  in.reset();
  wait(collector);
  EXPECT_STORY(story, collector.ended(), true, "a read of 0 is the end of the stream");
}

TEST_F(Fix2c_EdgeTriggered, StaysEdgeTriggered) {
  const Collector collector(poller, out.get());
  arrive(5);
  story.step("wait() reports it, and nobody reads");
  ASSERT_STORY(story, poller.wait(0s).size(), 1U, "the descriptor is not watched for reading");
  EXPECT_STORY(story, poller.wait(0s).size(), 0U,
               "level-triggered works too, and is not what this exercise is about",
               Seen{1U, "back-to-level"});
}

}  // namespace
