#pragma once
// Watch mode: ./learn on a terminal. A save is checked at once; keys do the rest.

#include "commands.hpp"

namespace coach {

/// Runs until the learner leaves; returns the exit status. REQUIRES: standard input and output are
/// a terminal.
int watch(Terminal& terminal, const Desk& desk);

}  // namespace coach
