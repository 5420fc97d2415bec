#pragma once
// A loop on virtual time, with a story that is stamped by it. An hour of sleep takes no time, and a
// test that waits for something that never comes fails at once instead of hanging.
//
//   tests::VirtualLoop virtual_loop;
//   auto& [clock, loop, story] = virtual_loop;
//
// LOOPWRIGHT_SEED shuffles such a loop's ready callbacks. Suites whose names begin with `Seeded_`
// are run under many seeds: they may only expect what does not depend on order.

#include <chrono>
#include <string>
#include <utility>

#include <aio/clock.hpp>
#include <aio/event_loop.hpp>
#include <aio/support/errors.hpp>

#include "support/seed.hpp"
#include "support/story.hpp"

namespace tests {

/// Options for a loop on `clock`, shuffled by this run's seed if it has one.
inline aio::EventLoop::Options options(aio::Clock& clock) {
  aio::EventLoop::Options made;
  made.clock = &clock;
  made.shuffle_seed = seed();
  return made;
}

struct VirtualLoop {
  aio::VirtualClock clock{};
  aio::EventLoop loop{options(clock)};
  Story story{clock};

  /// What the loop still holds may tell the story of its end.
  ~VirtualLoop() { loop.close(); }

  /// Does something at its time, and tells it: the step `what`.
  void after(std::chrono::milliseconds time, std::string what, aio::Callback does) {
    loop.call_later(time, [this, step = std::move(what), action = std::move(does)]() mutable {
      story.step(step);
      action();
    });
  }
  /// From here on, reports to the exception handler are part of the story: "reported(boom)".
  void report_exceptions() {
    loop.set_exception_handler([this](const aio::ExceptionContext& context) {
      story.ran("reported(" +
                (context.exception ? aio::message_of(context.exception) : "no exception") + ")");
    });
  }
};

}  // namespace tests
