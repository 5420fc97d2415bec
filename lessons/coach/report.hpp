#pragma once
// A check and how it is told: shared by ./learn check and watch mode.

#include <string>
#include <string_view>
#include <vector>

#include <aio/coro.hpp>

#include "checks.hpp"
#include "commands.hpp"

namespace coach {

/// Checks an item; without one the steps of the lesson, or its small exercises if it has no steps.
aio::Coro<CheckResult> run_check(Desk desk, Place place, std::string variant);

/// Writes the verdicts to the learner's progress. A file that does not compile fails `place`; what
/// nobody has worked on does not count as failed.
void remember(const Desk& desk, const Place& place, const CheckResult& result);

/// Where the learner writes an item: "exercises/…/event_loop.hpp:120", one for each file; only the
/// function with this `todo` if there is one.
std::vector<std::string> places_of(const Lesson& lesson, const Item& item,
                                   std::string_view todo = "");

/// The sign of a verdict and whom it is about.
void show_state(const Terminal& terminal, const Verdict& verdict);
/// The story of the first test that failed; its cause only to one who has begun to look for it.
void show_failure(const Terminal& terminal, const Lesson& lesson, const Verdict& verdict);
/// When all steps of a lesson pass: how to run programs on the learner's own layers.
void offer_own_layers(const Desk& desk, const Lesson& lesson);
void show_compile_error(const Terminal& terminal, const CompileError& error);

}  // namespace coach
