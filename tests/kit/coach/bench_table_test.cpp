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
