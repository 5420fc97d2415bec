#pragma once
// Lesson 16, statistics: what a loop has done, in numbers: for a log, a test, or a monitor that
// reads Prometheus's text.
//
//  1. An observer looks on: whatever it makes of what it is told, the loop does the same.
//  2. What has run may be gone when has_run() is called, so what is wanted of it is taken before.
//  3. The loop asks the kernel outside of callbacks, and one callback runs at a time.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

#include <aio/clock.hpp>
#include <aio/event_loop.hpp>
#include <aio/task.hpp>

namespace aio {

namespace layers {
inline constexpr const char* statistics = __FILE__;  // which copy was compiled; the tests print it
}

/// What a loop has done since somebody began to count. Times are those of the loop's clock.
struct LoopFigures {
  std::uint64_t iterations = 0;
  std::uint64_t polls = 0;      // visits to the kernel
  std::uint64_t events = 0;     // that the kernel had
  std::uint64_t callbacks = 0;  // steps of tasks included
  Clock::duration asleep{};     // in the kernel
  Clock::duration in_callbacks{};
  Clock::duration longest_callback{};
  std::size_t most_ready = 0;  // that waited for their turn in one iteration
  std::size_t tasks = 0;       // that have not finished
};

/// Counts for one loop while it lives. A loop that is counted runs what is ready the slow way.
class LoopStatistics final : public Observer {
 public:
  explicit LoopStatistics(EventLoop& loop = running_loop())
      : loop_(loop), first_(detail::LoopEntry::of(loop).iterations) {
    observe(loop, *this);
  }
  LoopStatistics(const LoopStatistics&) = delete;
  LoopStatistics& operator=(const LoopStatistics&) = delete;
  ~LoopStatistics() { unobserve(loop_, *this); }

  LoopFigures figures() const;

  void will_run(EventLoop& loop, const Ready& ready) override;
  void has_run(EventLoop& loop) override;
  void will_poll(EventLoop& loop) override;
  void has_polled(EventLoop& loop, std::size_t events) override;

 private:
  EventLoop& loop_;
  const std::uint64_t first_;  // the iteration in which it began
  std::uint64_t counted_ = 0;  // the iteration whose queue was counted
  Clock::time_point began_;    // what is going on
  LoopFigures figures_;
};

/// The figures in Prometheus's text format, each with its type and what it means.
std::string to_prometheus(const LoopFigures& figures);

// Implementation

//: 16.1 what was counted, and what the loop knows itself
inline LoopFigures LoopStatistics::figures() const {
  LoopFigures now = figures_;
  now.iterations = detail::LoopEntry::of(loop_).iterations - first_;
  now.tasks = all_tasks(loop_).size();
  return now;
}

//: 16.1 count it, and with the first of an iteration those that wait for their turn
inline void LoopStatistics::will_run(EventLoop& loop, const Ready&) {
  const detail::LoopEntry& entry = detail::LoopEntry::of(loop);
  if (counted_ != entry.iterations) {
    counted_ = entry.iterations;
    std::size_t ready = 0;  // the end of the batch counts for what runs
    entry.queue().for_each([&ready](const Ready&) { ++ready; });
    figures_.most_ready = std::max(figures_.most_ready, ready);
  }
  ++figures_.callbacks;
  began_ = loop.time();
}

//: 16.1 how long it took
inline void LoopStatistics::has_run(EventLoop& loop) {
  const Clock::duration took = loop.time() - began_;
  figures_.in_callbacks += took;
  figures_.longest_callback = std::max(figures_.longest_callback, took);
}

//: 16.1 the loop may fall asleep
inline void LoopStatistics::will_poll(EventLoop& loop) { began_ = loop.time(); }

//: 16.1 how long it slept, and what the kernel had
inline void LoopStatistics::has_polled(EventLoop& loop, std::size_t events) {
  ++figures_.polls;
  figures_.events += events;
  figures_.asleep += loop.time() - began_;
}

namespace detail {

/// One figure, as its own lines.
struct PrometheusMetric {
  const char *name, *type, *help;
  std::string value;
  std::string text() const {
    const std::string full = std::string("loopwright_") + name;
    return "# HELP " + full + " " + help + "\n# TYPE " + full + " " + type + "\n" + full + " " +
           value + "\n";
  }
};

/// "1.5": seconds, to the nanosecond.
inline std::string in_seconds(Clock::duration time) {
  char text[40];
  std::snprintf(text, sizeof text, "%.9g", std::chrono::duration<double>(time).count());
  return text;
}

}  // namespace detail

inline std::string to_prometheus(const LoopFigures& figures) {
  const auto number = [](auto count) { return std::to_string(count); };
  const detail::PrometheusMetric metrics[] = {
      {"iterations_total", "counter", "Iterations of the loop.", number(figures.iterations)},
      {"polls_total", "counter", "Visits to the kernel.", number(figures.polls)},
      {"events_total", "counter", "Events that the kernel had.", number(figures.events)},
      {"callbacks_total", "counter", "Callbacks and steps of tasks.", number(figures.callbacks)},
      {"asleep_seconds_total", "counter", "Time in the kernel.",
       detail::in_seconds(figures.asleep)},
      {"callback_seconds_total", "counter", "Time in callbacks.",
       detail::in_seconds(figures.in_callbacks)},
      {"longest_callback_seconds", "gauge", "The longest callback so far.",
       detail::in_seconds(figures.longest_callback)},
      {"ready_queue_max", "gauge", "The most that waited for their turn in one iteration.",
       number(figures.most_ready)},
      {"tasks", "gauge", "Tasks that have not finished.", number(figures.tasks)},
  };
  std::string text;
  for (const detail::PrometheusMetric& metric : metrics) text += metric.text();
  return text;
}

}  // namespace aio
