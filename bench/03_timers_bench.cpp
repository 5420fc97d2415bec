// Lesson 03: n timers that are due within 50 ms, in random order. Sleeping for one after the other,
// a thread for each, and one heap with one sleep at a time.

#include <chrono>
#include <cstddef>
#include <random>
#include <thread>
#include <vector>

#include <aio/clock.hpp>
#include <aio/timers.hpp>

#include "support/compare.hpp"

namespace {

using namespace std::chrono_literals;
using Delays = std::vector<std::chrono::nanoseconds>;

Delays random_delays(int n) {
  std::mt19937 random(3);
  std::uniform_int_distribution microseconds(1, 50'000);
  Delays delays(static_cast<std::size_t>(n));
  for (auto& delay : delays) delay = std::chrono::microseconds(microseconds(random));
  return delays;
}

void sleep_in_turn(int n) {
  for (const auto delay : random_delays(n)) std::this_thread::sleep_for(delay);
}

void sleep_in_threads(int n) {
  std::vector<std::jthread> threads;
  threads.reserve(static_cast<std::size_t>(n));
  const auto start = std::chrono::steady_clock::now();
  for (const auto delay : random_delays(n)) {
    threads.emplace_back([when = start + delay] { std::this_thread::sleep_until(when); });
  }
}

// [heap]
void sleep_in_a_heap(int n) {
  const aio::SteadyClock clock;
  aio::TimerQueue queue;
  std::vector<aio::Timer> timers(static_cast<std::size_t>(n));
  const auto start = clock.now();
  const Delays delays = random_delays(n);
  for (std::size_t i = 0; i < timers.size(); ++i) queue.push(start + delays[i], timers[i]);

  while (const auto next = queue.next_deadline()) {
    std::this_thread::sleep_for(*clock.poll_timeout(next));
    while (queue.pop_due(clock.now()) != nullptr) continue;
  }
}
// [/heap]

}  // namespace

int main(int argc, char** argv) {
  const bench::Comparison timers{
      .sizes = {1, 10, 100, 1'000, 10'000},
      .sync = {.work = sleep_in_turn, .seconds = [](int n) { return 0.025 * n; }},
      .thread = {.work = sleep_in_threads},
      .async = {.work = sleep_in_a_heap},
  };
  return bench::run(argc, argv, timers);
}
