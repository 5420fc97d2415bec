// What counts as a failed attempt, and what does not.

#include "attempts.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "commands.hpp"
#include "fake_course.hpp"
#include "files.hpp"
#include "report.hpp"
#include "starters.hpp"

namespace {

constexpr const char* header = "exercises/04-counting/aio/counter.hpp";

class Attempts : public testing::Test {
 protected:
  Attempts() {
    for (const coach::Starter& starter : coach::all_starters(course)) {
      coach::write_file(starter.path, starter.text);
    }
  }

  /// The failures that progress holds for an item after a check in which each event came once.
  int failures_after(const std::string& id, const std::vector<std::string>& events) {
    const coach::Place place = course.find(id);
    std::vector<coach::TestResult> results;
    for (const std::string& event : events) results.push_back({"a test", event, "", ""});
    coach::CheckResult result;
    result.verdicts = {coach::judge(*place.item, results)};
    return failures_after(place, result);
  }
  int failures_after(const coach::Place& place, const coach::CheckResult& result) {
    coach::remember({terminal, course, progress}, place, result);
    return progress.of(place.item->id).failures;
  }
  /// As if every function of a step had a body that does something.
  static void write_step(const std::string& id) {
    std::string text = coach::read_file(header);
    const std::size_t at = text.find("AIO_TODO(\"" + id);
    ASSERT_NE(at, std::string::npos) << text;
    coach::write_file(header, text.insert(at, "value_ = 7; "));
  }

  fake::Folder folder;
  coach::Course course = coach::Course::read();
  coach::Terminal terminal{true};
  coach::Progress progress{terminal};
};

TEST_F(Attempts, DoNotBeginWithAStarter) {
  EXPECT_EQ(failures_after("4.1", {"todo"}), 0);
  EXPECT_EQ(failures_after("4.1", {"fail"}), 0);  // a destructor's starter does nothing at all
  EXPECT_EQ(failures_after("predict-4a", {"todo"}), 0);
  EXPECT_EQ(failures_after("fix-4c", {"fail"}), 0);
  EXPECT_EQ(failures_after("use-4d", {"crash"}), 0);
  EXPECT_FALSE(coach::fs::exists(".learn/progress.json"));
}

TEST_F(Attempts, AreOfTheStepThatWasWritten) {
  write_step("4.1");
  EXPECT_EQ(failures_after("4.1", {"pass", "fail"}), 1);
  EXPECT_EQ(failures_after("4.2", {"fail"}), 0);
}

TEST_F(Attempts, AreNotWhatIsStillToDo) {
  write_step("4.1");
  EXPECT_EQ(failures_after("4.1", {"pass", "todo"}), 0);
  EXPECT_EQ(failures_after("4.1", {"todo", "hang"}), 1);
}

TEST_F(Attempts, CountInSmallExercises) {
  coach::write_file("exercises/04-counting/predict-4a.txt", "seven\n");
  EXPECT_EQ(failures_after("predict-4a", {"fail"}), 1);
  coach::write_file("exercises/04-counting/fix-4c.cpp", "// all gone\n");
  EXPECT_EQ(failures_after("fix-4c", {"fail"}), 1);
}

TEST_F(Attempts, CountWhenTheTagsAreGone) {
  coach::write_file(header, "#pragma once\n//: 4.1 begin at zero\n");
  EXPECT_EQ(failures_after("4.1", {"fail"}), 1);
}

TEST_F(Attempts, CountWhenTheyDoNotCompile) {
  coach::CheckResult result;
  result.compile_error.emplace();
  EXPECT_EQ(failures_after(course.find("4.2"), result), 0);
  write_step("4.2");
  EXPECT_EQ(failures_after(course.find("4.2"), result), 1);
}

TEST_F(Attempts, GiveBackAPassToWhatIsAStarterAgain) {
  progress.checked("4.1", true);
  EXPECT_EQ(failures_after("4.1", {"todo"}), 0);
  EXPECT_FALSE(progress.of("4.1").passed);
}

}  // namespace
