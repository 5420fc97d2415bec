#pragma once
// What counts as a failed attempt: only what the learner has written can fail.

#include "course.hpp"
#include "verdict.hpp"

namespace coach {

/// Whether the learner has worked on what failed. A starter as it was handed out is no attempt, and
/// neither is what still says that it is to do.
bool attempted(const Lesson& lesson, const Verdict& verdict);

/// Whether the learner has written something of an item: not all of it is as it was handed out.
bool begun(const Lesson& lesson, const Item& item);

/// The same of an item that was not run, since it does not compile.
bool touched(const Lesson& lesson, const Item& item);

}  // namespace coach
