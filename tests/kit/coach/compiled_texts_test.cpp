// Whether ninja sees by a file's time that its text is another.

#include "compiled_texts.hpp"

#include <chrono>

#include <gtest/gtest.h>

#include "fake_course.hpp"

namespace {

using namespace std::chrono_literals;
using coach::CompiledTexts, coach::fs::file_time_type, coach::fs::last_write_time;

constexpr const char* file = "exercises/04-counting/aio/counter.hpp";

class Compiled : public testing::Test {
 protected:
  /// Saves a text, as of `ago`: that is what moving a file back looks like.
  file_time_type save(std::string_view text, std::chrono::seconds ago) const {
    folder.write(file, text);
    last_write_time(file, file_time_type::clock::now() - ago);
    return last_write_time(file);
  }
  static void build() { CompiledTexts("record", "exercises").built(); }

  fake::Folder folder;
};

TEST_F(Compiled, AFileThatComesBackWithItsOldTimeIsNew) {
  save("mine", 60s);
  build();
  save("the starter", 0s);
  build();
  const auto compiled = last_write_time("record");
  save("mine", 60s);
  build();
  EXPECT_GE(last_write_time(file), compiled);
}

TEST_F(Compiled, AFileOfTheSameTextKeepsItsTime) {
  save("mine", 60s);
  build();
  const auto moved_back = save("mine", 90s);
  build();
  EXPECT_EQ(last_write_time(file), moved_back);
}

TEST_F(Compiled, AFileThatNinjaSeesByItselfKeepsItsTime) {
  save("mine", 60s);
  build();
  const auto saved = save("mine, and more", -60s);
  build();
  EXPECT_EQ(last_write_time(file), saved);
}

TEST_F(Compiled, AFileThatIsSavedDuringABuildIsNewInTheNextOne) {
  save("mine", 60s);
  const CompiledTexts texts("record", "exercises");
  const auto saved = save("mine, and more", 30s);
  texts.built();
  build();
  EXPECT_GT(last_write_time(file), saved);
}

TEST_F(Compiled, AFileThatWasNotThereIsNew) {
  save("mine", 60s);
  build();
  folder.write("exercises/04-counting/use-4d.cpp", "ten");
  last_write_time("exercises/04-counting/use-4d.cpp", file_time_type::clock::now() - 60s);
  const auto compiled = last_write_time("record");
  build();
  EXPECT_GE(last_write_time("exercises/04-counting/use-4d.cpp"), compiled);
}

TEST_F(Compiled, WithoutExercisesThereIsNothingToNote) {
  build();
  EXPECT_TRUE(coach::fs::exists("record"));
}

}  // namespace
