#pragma once
// Building targets of the kit, and making sense of the compiler's complaints.

#include <optional>
#include <string>
#include <string_view>

#include <aio/coro.hpp>

#include "course.hpp"
#include "terminal.hpp"

namespace coach {

/// A compiler's error as it is shown: where, what, and the line with a caret.
struct CompileError {
  std::string text;     // up to three lines
  fs::path log;         // everything that was printed
  std::string meaning;  // a sentence for typical mistakes, or empty
  std::string folded;   // what is left out: "2 more errors and 7 notes"
};

/// A build tree of the kit.
class BuildTree {
 public:
  /// `preset` is one of CMakePresets.json; it is configured when needed.
  BuildTree(const Terminal& terminal, std::string preset);

  /// Builds one target. Returns the first error that concerns `learners_file`, if it failed. Waits
  /// for another coach that is building.
  aio::Coro<std::optional<CompileError>> build(std::string target, fs::path learners_file);

  fs::path program(std::string_view target) const;

 private:
  aio::Coro<std::optional<CompileError>> run(std::vector<std::string> argv, std::string target,
                                             fs::path learners_file);

  const Terminal& terminal_;
  std::string preset_;
  fs::path folder_;
};

/// The preset in which learners' files are compiled: with clang++-19 where it is installed, since
/// that takes a third of the time, or else with g++, as everything else is. The environment's
/// LEARN_COMPILER decides when it is "g++" or "clang++-19".
std::string learners_preset();

/// The first error in `file`, or below it if it is a folder; or else the first one of a template
/// that is required there, shown at that place; or else the first error. At most three lines.
std::string first_error(std::string_view output, const fs::path& file);

/// What is said of a line "[3/12] …" of ninja's: "Building 03.exercise [3/12], longest the first
/// time". Nothing of other lines, and of those that only look whether there is something to build.
std::string build_progress(std::string_view target, std::string_view line);

/// The first error as it is shown, what it means, and how much is left out.
CompileError explained(std::string_view output, const fs::path& file);

}  // namespace coach
