// The same pushes into a vector that is kept sorted, and into the heap.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <random>
#include <vector>

#include <aio/clock.hpp>
#include <aio/timers.hpp>

namespace {

using Deadlines = std::vector<aio::Clock::time_point>;

// [sorted]
/// Keeps the earliest deadline last, where taking it out is cheap.
void push_sorted(std::vector<aio::TimerEntry>& sorted, const aio::TimerEntry& entry) {
  const auto due_after = [](const auto& a, const auto& b) { return aio::due_before(b, a); };
  sorted.insert(std::upper_bound(sorted.begin(), sorted.end(), entry, due_after), entry);
}
// [/sorted]

double milliseconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start)
      .count();
}

Deadlines random_deadlines(std::size_t count) {
  std::mt19937 random(3);
  Deadlines deadlines(count);
  for (auto& when : deadlines) when += std::chrono::microseconds(random() % 60'000'000);
  return deadlines;
}

double into_sorted_vector(const Deadlines& deadlines) {
  std::vector<aio::TimerEntry> sorted;
  return milliseconds([&] {
    for (const auto when : deadlines) push_sorted(sorted, {when, sorted.size(), nullptr});
    while (!sorted.empty()) sorted.pop_back();
  });
}

double into_heap(const Deadlines& deadlines) {
  std::vector<aio::Timer> timers(deadlines.size());
  aio::TimerQueue queue;
  return milliseconds([&] {
    for (std::size_t i = 0; i < timers.size(); ++i) queue.push(deadlines[i], timers[i]);
    while (queue.pop_any() != nullptr) continue;
  });
}

}  // namespace

int main() {
  std::printf("%8s  %16s  %8s\n", "timers", "sorted vector", "heap");
  for (const std::size_t count : {1'000uz, 3'000uz, 10'000uz, 30'000uz}) {
    const Deadlines deadlines = random_deadlines(count);
    std::printf("%8zu  %13.1f ms  %5.1f ms\n", count, into_sorted_vector(deadlines),
                into_heap(deadlines));
  }
}
