#pragma once
// Runs a coroutine to its end on real time, for tests of what only the kernel can do.
//
//   tests::run_seeded(Body::main());

#include <utility>

#include <aio/task.hpp>

#include "support/seed.hpp"

namespace tests {

/// As aio::run(), in the order of callbacks that this run's seed draws, if it has one.
template <class T>
T run_seeded(aio::Coro<T> main) {
  aio::EventLoop::Options options;
  options.shuffle_seed = seed();
  return aio::run(std::move(main), options);
}

}  // namespace tests
