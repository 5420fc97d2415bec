#pragma once
// Makes the learner's files from the runtime and the solutions, the only sources there are.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "course.hpp"

namespace coach {

/// A file of the learner as it is in the beginning.
struct Starter {
  fs::path path;  // "exercises/04-event-loop/aio/event_loop.hpp"
  std::string text;
  const Lesson* lesson = nullptr;
};

/// The starters of a lesson, with the steps up to and including `upto` ("4.2", or "" for none)
/// written. Throws Mistake "file:line: …".
std::vector<Starter> starters_of(const Lesson& lesson, std::string_view upto = {});

/// All starters of the course.
std::vector<Starter> all_starters(const Course& course);

/// The starter of one file.
Starter starter_of(const Lesson& lesson, const fs::path& file);

}  // namespace coach
