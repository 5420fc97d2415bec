#pragma once
// What a lesson adds to the runtime: the headers that no earlier lesson needs.

#include <cstddef>
#include <string>
#include <vector>

#include "course.hpp"

namespace coach {

struct Addition {
  fs::path header;          // "runtime/aio/event_loop.hpp"
  std::size_t lines = 0;    // of code
  bool exercised = false;   // the learner writes a part of it
  std::vector<Item> steps;  // that do, in their order
};

struct Additions {
  std::vector<Addition> added;         // those that the learner writes come first
  std::vector<std::string> stands_on;  // layers of earlier lessons that are included directly
  std::size_t headers = 0, lines = 0;  // of the runtime up to this lesson
};

/// Follows the includes of the layers of this lesson, and of those before it.
Additions additions_of(const Course& course, const Lesson& lesson);

}  // namespace coach
