// fix-3c: a metronome that drifts, because each beat is counted from the end of the last one's
// work.

#include <chrono>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/timers.hpp>

#include "metronome.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;

const auto compiled = tests::compiled_from(aio::layers::timers);

/// Lets a metronome beat every 100 ms from time 0 on. Beat i's work takes work[i]; then it ends.
struct Concert {
  aio::VirtualClock clock{};
  aio::TimerQueue queue{};
  Metronome metronome{queue, clock, 100ms};
  tests::Story story{clock};
  std::string beats{};  // "100 ms, 200 ms, "

  void play(const std::vector<std::chrono::milliseconds>& work) {
    metronome.start();
    story.step("start(), a beat every 100 ms");
    for (const auto busy : work) {
      clock.idle_until(queue.next_deadline());
      if (queue.pop_due(clock.now()) != &metronome) return story.step("no beat is due");
      beats += tests::to_text(clock.now().time_since_epoch()) + ", ";
      story.step("beat; its work takes " + tests::to_text(busy));
      clock.advance(busy);
      metronome.next();
    }
    queue.cancel(metronome);
  }
};

TEST(Fix3c_Metronome, DoesNotDrift) {
  Concert concert;
  concert.play({3ms, 5ms, 2ms, 0ms, 3ms});
  EXPECT_STORY(concert.story, concert.beats, "100 ms, 200 ms, 300 ms, 400 ms, 500 ms, ",
               "the next beat is counted from now, not from the beat before",
               tests::Seen{"100 ms, 203 ms, 308 ms, 410 ms, 510 ms, ", "metronome-drifts"});
}

TEST(Fix3c_Metronome, LeavesOutTheBeatsThatItMissed) {
  Concert concert;
  concert.play({0ms, 350ms, 0ms, 0ms});
  EXPECT_STORY(concert.story, concert.beats, "100 ms, 200 ms, 600 ms, 700 ms, ",
               "beats at 300, 400 and 500 ms were missed, and must not be made up in a burst",
               tests::Seen{"100 ms, 200 ms, 550 ms, 550 ms, ", "metronome-bursts"},
               tests::LooksLike{"100 ms, 200 ms, 650 ms, 750 ms, ", "metronome-drifts"});
}

TEST(Fix3c_Metronome, ABeatThatIsDueNowIsNotMissed) {
  Concert concert;
  concert.play({100ms, 200ms, 0ms});
  EXPECT_STORY(concert.story, concert.beats, "100 ms, 200 ms, 400 ms, ",
               "a beat whose moment is now can still be played");
}

TEST(Fix3c_Metronome, CountsFromItsStart) {
  Concert concert;
  concert.clock.advance(30ms);
  concert.play({1ms, 1ms, 1ms});
  EXPECT_STORY(concert.story, concert.beats, "130 ms, 230 ms, 330 ms, ",
               "the first beat comes a period after start()");
}

}  // namespace
