#pragma once
// A loop on virtual time, with a story that is stamped by it. An hour of sleep takes no time, and a
// test that waits for something that never comes fails at once instead of hanging.
//
//   tests::VirtualLoop virtual_loop;
//   auto& [clock, loop, story] = virtual_loop;
//
// LOOPWRIGHT_SEED shuffles such a loop's ready callbacks. Suites whose names begin with `Seeded_`
// are run under many seeds: they may only expect what does not depend on order.

#include <aio/clock.hpp>
#include <aio/event_loop.hpp>

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
};

}  // namespace tests
