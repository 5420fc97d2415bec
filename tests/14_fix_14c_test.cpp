// fix-14c: a driver that calls back, in a thread of its own.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <semaphore>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "support/cancel_anywhere.hpp"
#include "support/iterations.hpp"
#include "support/run_virtual.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"
#include "thermometer.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Task;
using tests::iterations, tests::LooksLike;

const auto compiled = tests::compiled_from(aio::layers::threads);

/// A driver with a thread for each measurement, which waits until the test says what it measures,
/// but not for ever: the loop may stand still.
class Laboratory final : public Driver {
 public:
  explicit Laboratory(std::chrono::milliseconds patience = 2s) : patience_(patience) {}
  ~Laboratory() override {
    while (!measurements_.empty()) cancel(measurements_.begin()->first);
  }

  void begin(int number, std::function<void(double)> done) override {
    auto& made = measurements_[number];
    made = std::make_unique<Measurement>();
    made->thread = std::thread([this, &mine = *made, call = std::move(done)] {
      if (!mine.over.try_acquire_for(patience_)) ++gave_up_;
      if (!mine.cancelled) tell(call, mine.degrees);
    });
    ++begun;
  }
  void cancel(int number) override {
    const auto found = measurements_.find(number);
    if (found == measurements_.end()) return;
    found->second->cancelled = true;
    finish(*found->second);
    measurements_.erase(found);
  }
  /// The measurement is there, unless it is over; when this returns, its thread has called.
  void measure(int number, double degrees) {
    const auto found = measurements_.find(number);
    if (found == measurements_.end()) return;
    found->second->degrees = degrees;
    finish(*found->second);
    measurements_.erase(found);
  }

  std::size_t open() const { return measurements_.size(); }
  int gave_up() const { return gave_up_; }
  /// What the callback has thrown, up to its first colon.
  const std::string& refused() const { return refused_; }

  int begun = 0;

 private:
  struct Measurement {
    std::binary_semaphore over{0};
    bool cancelled = false;
    double degrees = -1;
    std::thread thread{};
  };

  static void finish(Measurement& measurement) {
    if (!measurement.thread.joinable()) return;
    measurement.over.release();
    measurement.thread.join();
  }
  void tell(const std::function<void(double)>& call, double degrees) {
    try {
      call(degrees);
    } catch (const aio::InvalidStateError& error) {
      const std::string text = error.what();
      refused_ = text.substr(0, text.find(':'));
    }
  }

  const std::chrono::milliseconds patience_;
  std::map<int, std::unique_ptr<Measurement>> measurements_{};
  std::atomic<int> gave_up_ = 0;
  std::string refused_{};
};

struct Scene {
  tests::Story story{};
  Laboratory laboratory{};
  Thermometer thermometer{laboratory};

  /// Lets the loop go on until so many measurements have begun.
  Coro<> until_begun(int count) const {
    while (laboratory.begun < count) co_await aio::sleep(0s);
  }
  /// What a measurement gives, or why it gives nothing.
  Coro<std::string> outcome(Task<double> task) const {
    co_await iterations();
    if (!laboratory.refused().empty()) co_return laboratory.refused() + " is refused there";
    if (laboratory.gave_up() > 0) co_return "the loop stood still";
    if (!task.done()) co_return "nobody was told";
    const double degrees = co_await task;
    co_return std::to_string(degrees).substr(0, 4);
  }
};

/// Plays a scene; what is left in the end is cancelled by run().
void play(Coro<> (*body)(Scene&)) {
  Scene scene;
  tests::run_virtual(body(scene));
}

TEST(Fix14c_Thermometer, TheLoopIsToldByItsMailbox) {
  play([](Scene& scene) -> Coro<> {
    const Task<double> task = aio::create_task(scene.thermometer.measure());
    co_await scene.until_begun(1);
    scene.laboratory.measure(1, 21.5);
    const std::string seen = co_await scene.outcome(task);
    EXPECT_STORY(
        scene.story, seen, "21.5",
        "the driver's thread may neither touch a future nor call_soon(): "
        "call_soon_threadsafe() is made for it",
        LooksLike{std::string("set_result is refused there"), "straight-from-the-driver"},
        LooksLike{std::string("call_soon is refused there"), "call-soon-from-the-driver"},
        LooksLike{std::string("the loop stood still"), "waits-for-the-driver-in-the-loop"});
    task.cancel();
  });
}

TEST(Fix14c_Thermometer, EachMeasurementGetsItsOwn) {
  play([](Scene& scene) -> Coro<> {
    const Task<double> first = aio::create_task(scene.thermometer.measure());
    const Task<double> second = aio::create_task(scene.thermometer.measure());
    co_await scene.until_begun(2);
    scene.laboratory.measure(2, 22.5);
    scene.laboratory.measure(1, 21.5);
    std::string seen = co_await scene.outcome(first);
    seen += " " + co_await scene.outcome(second);
    EXPECT_STORY(scene.story, seen, "21.5 22.5", "the number says whose measurement it is");
    first.cancel();
    second.cancel();
  });
}

TEST(Fix14c_Thermometer, WhoeverIsCancelledTellsTheDriver) {
  play([](Scene& scene) -> Coro<> {
    const Task<double> task = aio::create_task(scene.thermometer.measure());
    co_await scene.until_begun(1);
    task.cancel();
    co_await iterations();
    EXPECT_STORY(scene.story, scene.laboratory.open(), 0U,
                 "the driver still measures, and will call a loop that may be gone by then",
                 LooksLike{std::size_t(1), "the-driver-is-not-told"});
    EXPECT_TRUE(task.cancelled());
  });
}

struct Cancelled : tests::CancelScene {
  Coro<> play() override {
    const struct Leaving {
      bool& left;
      ~Leaving() { left = true; }
    } leaving{left};
    co_await thermometer.measure();
  }
  Coro<> world(Coro<> playing) override {
    const Task<> played = aio::create_task(std::move(playing));
    while (laboratory.begun == 0 && !played.done()) {
      co_await aio::sleep(0s);
    }
    co_await iterations(3);
    if (!left && laboratory.open() > 0) laboratory.measure(1, 21.5);
    co_await played;
    EXPECT_STORY(story, laboratory.open(), 0U, "the driver still measures");
  }

  Laboratory laboratory{20ms};
  Thermometer thermometer{laboratory};
  bool left = false;
};

TEST(Fix14c_Thermometer, NothingIsMeasuredWheneverItIsCancelled) {
  tests::cancel_anywhere<Cancelled>("the driver still measures when measure() has ended");
}

}  // namespace
