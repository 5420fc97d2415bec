#pragma once
// A newer kit may spread a layer over other files than the learner has edited. Then no merge by
// lines helps: what the learner wrote is carried over function by function, by their tags.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "course.hpp"

namespace coach {

struct Reshaping {
  std::vector<fs::path> old;                            // the learner's files of the old shape
  std::vector<std::pair<fs::path, std::string>> files;  // what those of the new one will hold
  std::vector<std::string> moved;                       // "7.5 … → exercises/…/sleep.hpp"
  std::vector<std::string> lost;                        // functions that have no place any more
  bool more = false;  // the learner may have changed something besides these functions
};

/// `starter` with the bodies that `old` has for functions which the starter leaves to be written. A
/// function is known by the id of its tag, and its head or the tag's text.
std::string carried_over(std::string starter, std::string_view old);

/// The new starter with what was written in `mine`, if that differs from `base`, the old starter,
/// in nothing but functions which the new one has too. Lines can't contradict each other then.
std::optional<std::string> merged_by_functions(const std::string& starter, const std::string& base,
                                               const std::string& mine);

/// What there is to carry over in a lesson; nothing if its files have the shape of the starters.
std::optional<Reshaping> reshaping_of(const Lesson& lesson);

/// What a learner is told whose files have an old shape: they cannot be compiled.
std::optional<std::string> sentence_on_shape(const Lesson& lesson);

std::vector<std::string> texts_of(const std::vector<fs::path>& files);

/// Carries it over; the old files are kept as .bak.
void reshape(const Lesson& lesson, const Reshaping& reshaping);

/// Headers of an older shape that nobody edited hide those of the new one: removes them.
std::vector<fs::path> remove_unedited_headers(const Course& course);

}  // namespace coach
