// Exercise fix-1b: downloads that pause must let the others go on.

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <aio/aio.hpp>

#include "download.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"

using namespace std::chrono_literals;

namespace {

/// Runs the downloads a, b, … at once, on a virtual clock, and tells their story.
class Fix1b_BlockingSleep : public testing::Test {
 protected:
  void download_at_once(int downloads, int parts) {
    const auto start = std::chrono::steady_clock::now();
    tests::run_virtual(all(downloads, parts), clock);
    thread_slept = std::chrono::steady_clock::now() - start >= 20ms * downloads * parts;
  }
  std::chrono::nanoseconds elapsed() const { return clock.now().time_since_epoch(); }

  /// The wrong turn if the thread slept; null otherwise.
  const char* blocking_turn() const {
    if (!thread_slept) return nullptr;
    return arrivals.starts_with("a1 b1") ? "gives-way-then-blocks" : "sleep-blocks-the-loop";
  }
  /// What it looks like if nobody slept at all; null otherwise.
  const char* idle_turn() const {
    return !thread_slept && elapsed() == 0ms ? "pauses-that-nobody-awaits" : nullptr;
  }

  /// The last part ends with a pause that nothing follows; null where no time passed.
  const char* early_turn() const {
    return elapsed() == 0ms ? idle_turn() : "a-part-before-its-pause";
  }

  aio::Coro<> all(int downloads, int parts) {
    const Arrived arrived = [this](const std::string& name, int part) {
      if (arrivals.empty()) first_arrival = elapsed();
      arrivals += (arrivals.empty() ? "" : " ") + name + std::to_string(part);
      story.step("part " + name + std::to_string(part) + " arrives");
    };
    std::vector<aio::Coro<>> running;
    for (int i = 0; i < downloads; ++i) {
      const std::string name(1, static_cast<char>('a' + i));
      story.step("start " + name);
      running.push_back(download(name, parts, arrived));
    }
    co_await aio::gather(std::move(running));
    story.step("all have ended");
  }

  /// Counts, until it is cancelled.
  aio::Coro<> beat_every(std::chrono::milliseconds period) {
    for (;;) {
      co_await aio::sleep(period);
      ++beats;
      story.step("a heartbeat");
    }
  }

  aio::Coro<> with_heartbeat(int parts) {
    aio::Task<> heart = aio::create_task(beat_every(8ms));
    co_await all(1, parts);
    heart.cancel();
  }

  aio::VirtualClock clock;
  tests::Story story{clock};
  std::string arrivals;  // "a1 b1 a2"
  std::chrono::nanoseconds first_arrival{-1};
  int beats = 0;
  bool thread_slept = false;  // in real time, as long as all pauses together
};

TEST_F(Fix1b_BlockingSleep, DownloadsTakeTurns) {
  download_at_once(3, 2);
  EXPECT_STORY(story, arrivals, "a1 b1 c1 a2 b2 c2",
               "a download pauses, and holds on to the only thread meanwhile",
               tests::Seen{"a1 a2 b1 b2 c1 c2", blocking_turn()},
               tests::LooksLike{"a1 a2 b1 b2 c1 c2", idle_turn()});
}

TEST_F(Fix1b_BlockingSleep, ThePausesPassOnTheLoopsClock) {
  download_at_once(3, 2);
  EXPECT_STORY(story, elapsed(), 40ms,
               "two pauses of 20 ms, shared by all three downloads, take 40 ms; a sleep that the "
               "loop knows nothing of takes none of its time",
               tests::Seen{0ms, blocking_turn()}, tests::LooksLike{0ms, idle_turn()});
}

TEST_F(Fix1b_BlockingSleep, APartArrivesAfterItsPause) {
  download_at_once(1, 2);
  EXPECT_STORY(story, first_arrival, 20ms, "each part arrives after a pause, the first one as well",
               tests::LooksLike{0ms, early_turn()});
}

TEST_F(Fix1b_BlockingSleep, AHeartbeatGoesOnMeanwhile) {
  tests::run_virtual(with_heartbeat(5), clock);
  EXPECT_STORY(story, beats, 12,
               "no other task had a turn while the download paused: its pause keeps the thread");
}

}  // namespace
