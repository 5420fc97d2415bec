// What is left of a compiler's complaints, and what a report means.

#include "build.hpp"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "fake_course.hpp"
#include "verdict.hpp"

namespace {

using coach::first_error;

constexpr const char* own_error =
    "In file included from tests/04_test.cpp:3:\n"
    "exercises/04-counting/aio/counter.hpp:12:3: warning: unused\n"
    "   12 |   int a;\n"
    "      |       ^\n"
    "exercises/04-counting/aio/counter.hpp:20:5: error: expected ';' before '}' token\n"
    "   20 |   int b\n"
    "      |        ^\n"
    "      |        ;\n"
    "exercises/04-counting/aio/counter.hpp:30:5: error: a later one\n";

TEST(FirstError, IsTheLearnersInThreeLines) {
  EXPECT_EQ(first_error(own_error, "exercises/04-counting"),
            "exercises/04-counting/aio/counter.hpp:20:5: error: expected ';' before '}' token\n"
            "   20 |   int b\n"
            "      |        ^");
}

TEST(FirstError, OfAnotherFileIsSaidWhereTheLearnersRequiresIt) {
  const std::string output =
      "/usr/include/c++/12/bits/x.h: In instantiation of 'void f(T)':\n"
      "/usr/include/c++/12/bits/y.h:9:1:   required from 'void g(T)'\n"
      "exercises/04-counting/aio/counter.hpp:14:5:   required from here\n"
      "/usr/include/c++/12/bits/x.h:100:5: error: no match for call\n"
      "  100 |   f(a);\n"
      "      |   ^\n";
  const std::string text = first_error(output, "exercises/04-counting");
  EXPECT_NE(text.find("exercises/04-counting/aio/counter.hpp:14:5"), std::string::npos) << text;
  EXPECT_NE(text.find("no match for call"), std::string::npos) << text;
  EXPECT_LE(std::ranges::count(text, '\n'), 2) << text;
}

TEST(FirstError, OfAnotherFileIsSaidWhereClangSaysThatTheLearnersRequestsIt) {
  const std::string output =
      "/usr/include/c++/12/bits/x.h:100:5: error: no match for call\n"
      "  100 |   f(a);\n"
      "      |   ^\n"
      "/usr/include/c++/12/bits/y.h:9:1: note: in instantiation of 'g<int>' requested here\n"
      "exercises/04-counting/aio/counter.hpp:14:5: note: in instantiation of 'f<int>' requested "
      "here\n"
      "1 error generated.\n";
  const std::string text = first_error(output, "exercises/04-counting");
  EXPECT_TRUE(text.starts_with("exercises/04-counting/aio/counter.hpp:14:5")) << text;
  EXPECT_NE(text.find("no match for call"), std::string::npos) << text;
}

TEST(FirstError, OfLldSaysWhoRefersToIt) {
  EXPECT_EQ(first_error("ld.lld: error: undefined symbol: ten()\n"
                        ">>> referenced by t.cpp:4 (tests/t.cpp:4)\n"
                        ">>>               t.o:(f())\n"
                        "clang++-19: error: linker command failed with exit code 1\n",
                        "exercises/04-counting"),
            "ld.lld: error: undefined symbol: ten()\n>>> referenced by t.cpp:4 (tests/t.cpp:4)");
}

TEST(FirstError, OfAnotherFileIsSaidWhenThereIsNothingElse) {
  EXPECT_EQ(
      first_error("a\ntests/t.cpp:1:2: error: no member named 'x'\n    1 | y.x\n      |   ^\n",
                  "exercises/04-counting"),
      "tests/t.cpp:1:2: error: no member named 'x'\n    1 | y.x\n      |   ^");
}

TEST(FirstError, OfTheLinkerIsNotLost) {
  const std::string text = first_error(
      "/usr/bin/ld: t.o: in function `f()':\nt.cpp:(.text+0x1): undefined reference to `ten()'\n"
      "collect2: error: ld returned 1 exit status\nninja: build stopped.\n",
      "exercises/04-counting");
  EXPECT_NE(text.find("undefined reference to `ten()'"), std::string::npos) << text;
}

TEST(FirstError, OfNothingIsStillASentence) {
  EXPECT_FALSE(first_error("", "exercises/04-counting").empty());
}

class Reports : public testing::Test {
 protected:
  std::vector<coach::TestResult> read(std::string_view text, coach::Outcome outcome = {}) {
    folder.write("report", text);
    return coach::read_report("report", outcome);
  }
  static coach::Item step(const std::string& id) {
    coach::Item item;
    item.id = id;
    return item;
  }

  fake::Folder folder;
};

constexpr const char* two_passes = R"({"event":"start","test":"Step1_A.X"})"
                                   "\n"
                                   R"({"event":"pass","test":"Step1_A.X"})"
                                   "\n";

TEST_F(Reports, OfAPassedTestAreItsPass) {
  const auto results = read(two_passes);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].test, "Step1_A.X");
  EXPECT_EQ(results[0].event, "pass");
}

TEST_F(Reports, OfATestThatNeverEndedNameTheCrash) {
  coach::Outcome killed;
  killed.signal = 11;
  killed.status = 139;
  const auto results = read(R"({"event":"start","test":"Step2_B.Y"})", killed);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].test, "Step2_B.Y");
  EXPECT_EQ(results[0].event, "crash");
}

TEST_F(Reports, OfACrashSayWhatItIsLikelyToComeOf) {
  const auto results = read(R"({"event":"crash","test":"Step2_B.Y","message":"aborted",)"
                            R"("last_step":"","likely_cause":"haste"})");
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].message, "aborted\nLikely cause: haste");
}

TEST_F(Reports, OfATestThatNeverEndedNameTheHang) {
  coach::Outcome late;
  late.signal = 9;
  late.status = 137;
  late.timed_out = true;
  const auto results = read(R"({"event":"start","test":"Step2_B.Y"})", late);
  ASSERT_EQ(results.size(), 1U);
  EXPECT_EQ(results[0].event, "hang");
}

TEST_F(Reports, WithHalfALineKeepTheRest) {
  coach::Outcome killed;
  killed.signal = 9;
  killed.status = 137;
  const auto results = read(std::string(two_passes) + R"({"event":"sta)", killed);
  ASSERT_FALSE(results.empty());
  EXPECT_EQ(results[0].event, "pass");
  EXPECT_NE(results.back().event, "pass");  // something ended the run, and it is said
}

TEST_F(Reports, ThatAreEmptyAreNoPass) {
  coach::Outcome outcome;
  outcome.status = 1;
  EXPECT_FALSE(read("", outcome).empty());
}

TEST_F(Reports, JudgeStepsInOrderAndStopAtTheFirstThatFails) {
  const auto verdicts = coach::judge_steps(
      {step("4.1"), step("4.2"), step("4.3")},
      {{"Step1_A.X", "pass", ""}, {"Step2_B.Y", "todo", "m"}, {"Step3_C.Z", "todo", "m"}});
  using State = coach::Verdict::State;
  ASSERT_EQ(verdicts.size(), 3U);
  EXPECT_EQ(verdicts[0].state, State::done);
  EXPECT_EQ(verdicts[1].state, State::failing);
  EXPECT_EQ(verdicts[2].state, State::waiting);
}

TEST_F(Reports, DoNotTakeStepTenForStepOne) {
  const auto verdicts =
      coach::judge_steps({step("4.1")}, {{"Step1_A.X", "pass", ""}, {"Step10_B.Y", "fail", "m"}});
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_EQ(verdicts[0].state, coach::Verdict::State::done);
}

TEST_F(Reports, DoNotCallAStepDoneThatRanNoTest) {
  const auto verdicts = coach::judge_steps({step("4.1")}, {});
  ASSERT_EQ(verdicts.size(), 1U);
  EXPECT_NE(verdicts[0].state, coach::Verdict::State::done);
}

/// Variables of the environment, until the end of the test.
class Environment {
 public:
  void set(const char* name, const std::string& value) {
    const char* old = std::getenv(name);
    old_.emplace_back(name, old != nullptr ? old : "");
    ::setenv(name, value.c_str(), 1);
  }
  ~Environment() {
    for (const auto& [name, value] : old_) ::setenv(name.c_str(), value.c_str(), 1);
  }

 private:
  std::vector<std::pair<std::string, std::string>> old_;
};

TEST(LearnersPreset, IsThatOfClangWhereItIsInstalled) {
  fake::Folder folder;
  Environment environment;
  environment.set("LEARN_COMPILER", "");
  environment.set("PATH", "/nowhere:" + std::filesystem::current_path().string());
  EXPECT_EQ(coach::learners_preset(), "dev");
  folder.write("clang++-19", "not a program");
  EXPECT_EQ(coach::learners_preset(), "dev");
  std::filesystem::permissions("clang++-19", std::filesystem::perms::owner_all);
  EXPECT_EQ(coach::learners_preset(), "learn");
}

TEST(LearnersPreset, IsWhatTheEnvironmentWants) {
  Environment environment;
  environment.set("LEARN_COMPILER", "g++");
  EXPECT_EQ(coach::learners_preset(), "dev");
  environment.set("PATH", "/nowhere");
  environment.set("LEARN_COMPILER", "clang++-19");
  EXPECT_EQ(coach::learners_preset(), "learn");
}

TEST(BuildProgress, NamesTheTargetAndCounts) {
  EXPECT_EQ(coach::build_progress("01-hello", "[1/12] Building CXX object CMakeFiles/x.cpp.o"),
            "Building 01-hello [1/12], longest the first time");
  EXPECT_EQ(coach::build_progress("01-hello", "[0/2] Re-checking globbed directories..."), "");
  EXPECT_EQ(coach::build_progress("01-hello", "ninja: no work to do."), "");
}

}  // namespace
