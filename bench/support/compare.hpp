#pragma once
// The same work done three ways: one thing after the other (sync), a thread each, and async.
//
// Each measurement runs in a process of its own, so that its memory, CPU time and threads are its
// own: a forked child does the work once and reports what it took.
//
//   int main(int argc, char** argv) {
//     bench::LoopbackServer server({.delay = 50ms});
//     bench::Comparison waits{.sizes = {1, 10, 100, 1'000, 10'000}};
//     waits.sync = {.work = [&](int n) { … }, .seconds = [](int n) { return 0.05 * n; }};
//     waits.thread = {.work = …, .most = 4'000};
//     waits.async = {.work = …};
//     return bench::run(argc, argv, waits);
//   }
//
// Registered as BM_sync/N, BM_thread/N, BM_async/N. Time is wall time; counters: cpu_ms, rss_kb
// (how far the peak of resident memory rose), threads (the most that lived at once, the first
// included), cpu_us_each, the CPU time of one request, where requests are counted, and beat_ms,
// what a heartbeat beside the work took at most for 99 of 100 beats, where there is one.

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace bench {

/// One way to do the work.
struct Way {
  /// Does the work for size n. Runs in the child; a thrown exception is reported as the
  /// measurement's error.
  std::function<void(int n)> work = {};
  /// How long size n will take, where that is known: what would take too long is skipped.
  std::function<double(int n)> seconds = {};
  /// The largest size that this way can do on this machine; 0: any.
  int most = 0;
};

struct Comparison {
  std::vector<int> sizes;
  Way sync = {}, thread = {}, async = {};
  std::vector<std::pair<std::string, Way>> more = {};  // others, with their names
  /// Sizes that would take longer are labelled "skipped: would take 500 s".
  double patience = 20;
  /// A size needs this many descriptors per unit; sizes over the limit are labelled as skipped.
  int descriptors_each = 0;
  /// How many requests the work consists of; 0: nothing that can be counted.
  int requests = 0;
  /// A short measurement is repeated, and its median reported.
  int repeats = 3;
};

/// Google Benchmark's main(), with the comparison registered. Returns the exit status.
int run(int argc, char** argv, const Comparison& comparison);

}  // namespace bench
