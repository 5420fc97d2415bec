#pragma once
// What becomes of a learner's file when a newer kit brings another starter. The starter as it was
// handed out is kept in .learn/base/, so that it can be told what the learner wrote from what the
// kit changed. A file that was edited is never touched.

#include <optional>
#include <string>
#include <vector>

#include "course.hpp"

namespace coach {

/// A starter that changed under a file that was edited.
struct Update {
  fs::path file;
  fs::path base;        // the file that holds the starter as it was handed out
  std::string starter;  // as it is now
};

/// Notes the starters that are new, and brings files up to date that nobody edited; returns those
/// files. Does nothing where .learn/ cannot be written, or where a lesson is just being written.
std::vector<fs::path> keep_bases(const Course& course);

/// The updates of a lesson that wait for the learner.
std::vector<Update> updates_of(const Lesson& lesson);

/// The files of a lesson of which nobody knows with which starter the learner began: there was no
/// base, and they had been edited. The starter of that time stands in for it from then on.
std::vector<fs::path> guessed_bases(const Lesson& lesson);

/// Where the starter is kept that the learner got.
fs::path base_path(const fs::path& file);

/// The starter that the learner got, if it is known.
std::optional<std::string> base_text(const fs::path& file);

/// From now on the file stands on this starter. Without .learn/ it is not kept.
void set_base(const fs::path& file, const std::string& starter);

}  // namespace coach
