// main() of every test program.

#include <cstdio>

#include <gtest/gtest.h>

#include "support/guard.hpp"
#include "support/report.hpp"
#include "support/seed.hpp"
#include "support/whose.hpp"

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  tests::guard_process();
  testing::UnitTest::GetInstance()->listeners().Append(tests::make_reporter());
  if (!testing::GTEST_FLAG(list_tests)) {
    for (const std::string& file : tests::compiled_files()) {
      std::printf("compiled: %s\n", file.c_str());
    }
    if (const auto seed = tests::seed()) {
      std::printf("LOOPWRIGHT_SEED=%llu\n", static_cast<unsigned long long>(*seed));
    }
  }
  return RUN_ALL_TESTS();
}
