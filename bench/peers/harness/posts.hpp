#pragma once
// W8: another thread posts to a loop. A peer gives a loop with post(callback), run() and stop().

#include <chrono>
#include <thread>

#include "harness/peer.hpp"

namespace peers {

/// `size` callbacks, posted as fast as can be.
template <class Loop>
Done posts(long size, long) {
  Loop loop;
  long ran = 0;
  const std::jthread poster([&] {
    for (long i = 0; i < size; ++i) {
      loop.post([&] {
        if (++ran == size) loop.stop();
      });
    }
  });
  loop.run();
  return {size};
}

/// `size` callbacks, each posted when the loop has long gone to sleep: how soon does it run?
template <class Loop>
Done wake_ups(long size, long) {
  Loop loop;
  Lateness lateness;
  long ran = 0;
  const std::jthread poster([&] {
    for (long i = 0; i < size; ++i) {
      std::this_thread::sleep_for(std::chrono::microseconds(100));
      loop.post([&, posted = Lateness::Clock::now()] {
        lateness.add(Lateness::Clock::now() - posted);
        if (++ran == size) loop.stop();
      });
    }
  });
  loop.run();
  return {size, lateness.figures()};
}

}  // namespace peers
