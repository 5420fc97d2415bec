// main() of every test program.

#include <algorithm>
#include <cstdio>
#include <string_view>

#include <gtest/gtest.h>

#include "support/guard.hpp"
#include "support/report.hpp"
#include "support/seed.hpp"
#include "support/whose.hpp"

namespace tests {
namespace {

std::vector<std::string>& files() {
  static std::vector<std::string> all;
  return all;
}

}  // namespace

CompiledFrom compiled_from(const char* path) {
  std::string_view file = path;
  if (file.starts_with(LOOPWRIGHT_ROOT)) file.remove_prefix(sizeof LOOPWRIGHT_ROOT);
  if (std::ranges::find(files(), file) == files().end()) files().emplace_back(file);
  return {};
}

const std::vector<std::string>& compiled_files() { return files(); }

}  // namespace tests

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
