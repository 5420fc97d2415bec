#pragma once
// The story of the first test that failed, for a terminal or for a page.

#include <string>
#include <vector>

#include "verdict.hpp"

namespace coach {

struct StoryLine {
  /// Prose is wrapped; a line of the test's message keeps its blanks; a diagnosis names what the
  /// mistake looks like.
  enum class Kind { prose, message, diagnosis };
  Kind kind = Kind::message;
  std::string text;

  bool operator==(const StoryLine&) const = default;
};

/// Of a verdict that is `failing`. Its cause only to one who has begun to look for it.
std::vector<StoryLine> story_of(const Lesson& lesson, const Verdict& verdict);

}  // namespace coach
