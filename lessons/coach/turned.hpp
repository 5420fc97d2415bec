#pragma once
// Layers with wrong turns in them, for the exercises that ask for a test: each function stands
// there with all its bodies, and LOOPWRIGHT_TURN says which one is taken. So the learner's test is
// compiled once, and run once for each turn.

#include <string>
#include <string_view>
#include <vector>

#include "course.hpp"

namespace coach {

/// A mistake that a test is to catch, as a file of tests/wrong_turns/ tells it.
struct Turn {
  std::string name;    // "lifo"
  std::string says;    // "your queue runs the newest callback first"
  std::string source;  // the functions that it writes differently, below their tags
};

/// Reads tests/wrong_turns/NN-slug/<name>.cpp. Throws Mistake if it is missing, or says nothing.
Turn read_turn(const Lesson& lesson, const std::string& name);

/// `layer` with the bodies of these turns put before its own. Functions are found by the id of
/// their tag and their head. Throws Mistake if one is not there.
std::string with_turns(std::string layer, const std::vector<Turn>& turns);

/// The folder from which a test is compiled that is to catch the turns of an item; brings it up to
/// date.
fs::path write_turned(const Lesson& lesson, const Item& item);

}  // namespace coach
