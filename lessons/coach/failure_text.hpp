#pragma once
// What is shown of the message of a test that failed.

#include <string>
#include <string_view>

namespace coach {

/// How much a learner may hear.
enum class Candour { whole, story_only };  // only the story: causes and wrong turns give it away

/// A message as it is shown: the first failure of the test, for the others are often the same.
/// Names of wrong turns mean nothing to a learner and are left out.
std::string failure_text(std::string_view message, Candour candour);

/// Whether a line of a message names a wrong turn, as a fact or as what it looks like.
bool names_wrong_turn(std::string_view line);

}  // namespace coach
