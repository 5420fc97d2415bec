#pragma once
// What a run of a test program means: which tests passed, and for the others what they say.

#include <string>
#include <string_view>
#include <vector>

#include "course.hpp"
#include "run_command.hpp"

namespace coach {

/// One test, or one prediction.
struct TestResult {
  std::string test;   // "Step2_RunOnce.RunsOnlyWhatWasReadyAtTheStart"
  std::string event;  // pass, skip, fail, todo, hang, crash
  std::string message;
  std::string step{};  // of a todo: whose code is missing, "4.2"
};

/// The verdict on one item of a lesson.
struct Verdict {
  enum class State { done, failing, waiting };
  State state = State::waiting;
  Item item;
  std::vector<TestResult> results;  // of a failing one: those that did not pass come first
  bool begun = true;                // a failing one: the learner has written something
};

/// Reads the report that a test program wrote; adds what its exit status tells, e.g. that it was
/// killed.
std::vector<TestResult> read_report(const fs::path& file, const Outcome& outcome);

/// The verdicts on the steps, in order. After the first failing step the others wait.
std::vector<Verdict> judge_steps(const std::vector<Item>& steps,
                                 const std::vector<TestResult>& results);

/// The verdict on a small exercise, from all results.
Verdict judge(const Item& item, const std::vector<TestResult>& results);

/// The `suite` of a step's tests: "Step2_" for 4.2.
std::string suite_of(const Item& step);

}  // namespace coach
