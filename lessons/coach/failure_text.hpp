#pragma once
// What is shown of the message of a test that failed.

#include <string>
#include <string_view>
#include <vector>

namespace coach {

/// How much a learner may hear.
enum class Candour { whole, story_only };  // only the story: causes and wrong turns give it away

/// A message as it is shown: the first failure of the test, for the others are often the same.
/// Names of wrong turns mean nothing to a learner and are left out.
std::string failure_text(std::string_view message, Candour candour);

/// A verdict's lines without `out` of them, which a line in their place counts. The story goes
/// first, then what follows at the end, so that "Expected:" stays; of a verdict without one, the
/// middle goes. Keeps the first line and another; `out` is less than there are lines beside these.
std::vector<std::string> folded(std::vector<std::string> lines, std::size_t out);

/// Whether a line of a message names a wrong turn, as a fact or as what it looks like.
bool names_wrong_turn(std::string_view line);

}  // namespace coach
