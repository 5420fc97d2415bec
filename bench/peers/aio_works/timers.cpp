// W5 and W9: sleeping tasks, and timers that are cancelled.

#include <chrono>
#include <vector>

#include <aio/clock.hpp>
#include <aio/event_loop.hpp>
#include <aio/task.hpp>

#include "harness/sizes.hpp"

#include "aio_works/works.hpp"

using namespace std::chrono_literals;
using peers::Done;

namespace {

aio::Coro<> nap(std::chrono::microseconds time, peers::Lateness* watched) {
  const auto due = peers::Lateness::Clock::now() + time;
  co_await aio::sleep(time);
  if (watched != nullptr) watched->add(peers::Lateness::Clock::now() - due);
}

aio::Coro<> all_nap(long size, peers::Lateness& lateness) {
  peers::Dice dice;
  std::vector<aio::Task<>> tasks;
  for (long i = 0; i < size; ++i) {
    const auto time = dice.nap(size);
    tasks.push_back(
        aio::create_task(nap(time, i % peers::watched_timers == 0 ? &lateness : nullptr)));
  }
  for (const aio::Task<>& task : tasks) co_await task;
}

Done sleeps(long size, long) {
  peers::Lateness lateness;
  aio::run(all_nap(size, lateness));
  return {size, lateness.figures()};
}

/// The same on a clock that jumps from deadline to deadline: for counting, which must not depend
/// on the time of day.
Done sleeps_without_waiting(long size, long rounds) {
  peers::Lateness lateness;
  aio::VirtualClock clock;
  for (long round = 0; round < rounds; ++round) {
    aio::run(all_nap(size, lateness), aio::LoopOptions{.clock = &clock});
  }
  return {size * rounds};
}

aio::Coro<> start_and_cancel(long size, long rounds) {
  peers::Dice dice;
  std::vector<aio::TimerHandle> timers;
  timers.reserve(static_cast<std::size_t>(size));
  aio::EventLoop& loop = aio::running_loop();
  for (long round = 0; round < rounds; ++round) {
    for (long i = 0; i < size; ++i) {
      timers.push_back(loop.call_later(dice.far(), [] {}));
    }
    for (aio::TimerHandle& timer : timers) timer.cancel();
    timers.clear();
  }
  co_return;
}

Done cancel_timers(long size, long rounds) {
  aio::run(start_and_cancel(size, rounds));
  return {size * rounds};
}

aio::Coro<> sleep_long() { co_await aio::sleep(24h); }

aio::Coro<> many_sleep(long size) {
  for (long i = 0; i < size; ++i) aio::create_task(sleep_long());
  co_await aio::sleep(1ms);
  peers::announce_ready();
  co_await aio::sleep(24h);
}

Done sleeping_tasks(long size, long) {
  aio::run(many_sleep(size));
  return {};
}

}  // namespace

namespace peers::works {

std::vector<Work> timers() {
  return {{"W5.sleeps", sleeps, false},
          {"W5.virtual", sleeps_without_waiting},
          {"W5.cancel", cancel_timers},
          {"W9.tasks", sleeping_tasks, false}};
}

}  // namespace peers::works
