#pragma once
// The learner's answer beside ours.

#include "commands.hpp"

namespace coach {

/// Shows how what the learner wrote for an item differs from the answer.
void show_comparison(const Terminal& terminal, const Lesson& lesson, const Item& item);

}  // namespace coach
