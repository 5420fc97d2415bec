#pragma once
// Checking what the learner wrote: build it, run its tests, judge.

#include <optional>
#include <string>
#include <vector>

#include <aio/coro.hpp>

#include "build.hpp"
#include "course.hpp"
#include "terminal.hpp"
#include "verdict.hpp"

namespace coach {

/// What came of a check.
struct CheckResult {
  std::optional<CompileError> compile_error;
  std::vector<Verdict> verdicts;       // in the order of the lesson
  std::vector<std::string> compiled;   // whose files: "aio/event_loop.hpp: exercises/…"
  std::vector<std::string> suspected;  // what is seldom meant: "exercises/…/task.hpp:12: …"

  bool passed() const;
};

/// Checks the steps of a lesson, or only `step`. `variant` is exercise, mine, solution or runtime.
aio::Coro<CheckResult> check_steps(const Terminal& terminal, const Lesson& lesson, const Item* step,
                                   std::string variant);

/// Checks a small exercise.
aio::Coro<CheckResult> check_small(const Terminal& terminal, const Lesson& lesson, Item item,
                                   std::string variant);

/// The learner's layers that are written: `.learn/mine` holds links to them. A layer counts
/// when its file differs from the starter and nothing in it is to do. Returns their files' names.
std::vector<std::string> collect_mine(const Course& course);

}  // namespace coach
