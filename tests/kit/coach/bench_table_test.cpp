// The table of a benchmark: what is measured, and bars on an axis of powers of ten.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "bench_table.hpp"
#include "text.hpp"

namespace {

coach::Measurement measured(std::string version, double milliseconds) {
  coach::Measurement one;
  one.version = std::move(version);
  one.size = 1;
  one.milliseconds = milliseconds;
  return one;
}

coach::Measurement with_requests(std::string version, double milliseconds, double cpu_each) {
  coach::Measurement one = measured(std::move(version), milliseconds);
  one.cpu_each = cpu_each;
  return one;
}

std::ptrdiff_t bar_in(const std::string& line) { return std::ranges::count(line, '#'); }

TEST(BenchTable, TenTimesTheTimeIsTheSameStepEverywhere) {
  const auto lines =
      coach::table_of({measured("a", 0.015), measured("b", 0.15), measured("c", 15)}, 70, true);
  const std::ptrdiff_t step = bar_in(lines[2]) - bar_in(lines[1]);
  EXPECT_GT(step, 3);
  EXPECT_NEAR(static_cast<double>(bar_in(lines[3]) - bar_in(lines[2])),
              static_cast<double>(2 * step), 1);
  EXPECT_EQ(lines.back(),
            "The bars begin at 10.0 µs; from tick to tick it takes ten times as long.");
  EXPECT_EQ(std::ranges::count(lines[4], '|'), 5) << lines[4];  // 10 µs to 100 ms
}

TEST(BenchTable, WhereRequestsAreCountedTheirCpuTimeIsDrawn) {
  const auto lines = coach::table_of(
      {with_requests("poll", 400, 0.1), with_requests("epoll", 400, 0.01)}, 90, true);
  EXPECT_NE(lines[0].find("CPU/request"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find("400.0 ms     100.0 µs"), std::string::npos) << lines[1];
  EXPECT_GT(bar_in(lines[1]), bar_in(lines[2]) + 3);
  EXPECT_TRUE(lines.back().starts_with("A bar is the CPU time of one request.")) << lines.back();
}

TEST(BenchTable, WhereThereIsAHeartbeatItIsTold) {
  const auto all = coach::read_measurements(
      R"({"benchmarks": [{"name": "BM_sync/10/iterations:1/manual_time", "real_time": 40,
          "time_unit": "ms", "cpu_ms": 38, "beat_ms": 39, "rss_kb": 264, "threads": 1}]})",
      "");
  const auto lines = coach::table_of(all, 90, true);
  EXPECT_NE(lines[0].find("CPU  p99 beat"), std::string::npos) << lines[0];
  EXPECT_NE(lines[1].find("38.0 ms   39.0 ms"), std::string::npos) << lines[1];
}

TEST(BenchTable, ReadsTheCpuTimeOfARequest) {
  const auto all = coach::read_measurements(
      R"({"benchmarks": [{"name": "BM_poll/10/iterations:1/manual_time", "real_time": 400,
          "time_unit": "ms", "cpu_ms": 8, "cpu_us_each": 20, "rss_kb": 264, "threads": 1}]})",
      " (yours)");
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].version, "poll (yours)");
  EXPECT_EQ(all[0].size, 10);
  EXPECT_DOUBLE_EQ(all[0].cpu_each, 0.020);
}

TEST(BenchTable, NothingIsWiderThanTheTerminal) {
  for (const std::size_t width : {40U, 60U, 80U, 120U}) {
    for (const std::string& line :
         coach::table_of({measured("sync", 0.001), measured("async", 999)}, width, false)) {
      if (line.starts_with("The bars")) continue;
      EXPECT_LE(coach::columns(line), std::max<std::size_t>(width, 28)) << line;
    }
  }
}

TEST(BenchTable, WhereThereIsNoRoomThereAreNoBars) {
  const auto lines = coach::table_of({measured("sync", 1), measured("async", 2)}, 30, true);
  EXPECT_EQ(lines.size(), 3U);
  EXPECT_EQ(bar_in(lines[1]), 0);
}

}  // namespace
