#include "support/compare.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include <benchmark/benchmark.h>

#include "support/descriptor_limit.hpp"
#include "support/measure.hpp"

namespace bench {
namespace {

constexpr int spare_descriptors = 32;
constexpr double short_measurement = 0.5;  // seconds

/// Why a size is not measured; empty when it is.
std::string reason_to_skip(const Comparison& comparison, const Way& way, int n) {
  if (way.most != 0 && n > way.most) return "at most " + std::to_string(way.most) + " here";
  const double seconds = way.seconds ? way.seconds(n) : 0;
  if (seconds > comparison.patience) {
    return "would take " + std::to_string(std::lround(seconds)) + " s";
  }
  const long limit = raise_descriptor_limit();
  if (long{comparison.descriptors_each} * n + spare_descriptors > limit) {
    return "the descriptor limit is " + std::to_string(limit);
  }
  return "";
}

Measurement median_of(int repeats, const std::function<void()>& work) {
  std::vector<Measurement> all{measure(work)};
  while (std::ssize(all) < repeats && all.front().error.empty() &&
         all.front().wall_seconds < short_measurement) {
    all.push_back(measure(work));
  }
  const auto middle = all.begin() + std::ssize(all) / 2;
  std::nth_element(all.begin(), middle, all.end(),
                   [](const auto& a, const auto& b) { return a.wall_seconds < b.wall_seconds; });
  return *middle;
}

void report(benchmark::State& state, const Comparison& comparison, const Way& way, int n) {
  const std::string skipped = reason_to_skip(comparison, way, n);
  Measurement took;
  for (auto _ : state) {
    if (skipped.empty()) took = median_of(comparison.repeats, [&] { way.work(n); });
    state.SetIterationTime(took.wall_seconds);
  }
  if (!skipped.empty()) return state.SetLabel("skipped: " + skipped);
  if (!took.error.empty()) return state.SkipWithError(took.error.c_str());
  state.counters["cpu_ms"] = took.cpu_seconds * 1e3;
  if (comparison.requests > 0)
    state.counters["cpu_us_each"] = took.cpu_seconds * 1e6 / comparison.requests;
  state.counters["rss_kb"] = static_cast<double>(took.rss_kb);
  state.counters["threads"] = took.threads;
  if (took.beat_seconds > 0) state.counters["beat_ms"] = took.beat_seconds * 1e3;
}

void add(const std::string& name, const Comparison& comparison, const Way& way) {
  if (!way.work) return;
  for (const int n : comparison.sizes) {
    benchmark::RegisterBenchmark(
        ("BM_" + name + "/" + std::to_string(n)).c_str(),
        [&comparison, &way, n](benchmark::State& state) { report(state, comparison, way, n); })
        ->Iterations(1)
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
}

}  // namespace

int run(int argc, char** argv, const Comparison& comparison) {
  benchmark::AddCustomContext("descriptor_limit", std::to_string(raise_descriptor_limit()));
  add("sync", comparison, comparison.sync);
  add("thread", comparison, comparison.thread);
  add("async", comparison, comparison.async);
  for (const auto& [name, way] : comparison.more) add(name, comparison, way);
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}

}  // namespace bench
