#pragma once
// What goes wrong for a person, said in a sentence; main() prints it and chooses the exit status.

#include <stdexcept>
#include <string>

namespace coach {

/// Something failed; the text says what happened and what to do. Exit status 1.
struct Mistake : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The command was used in a way that makes no sense. Exit status 2.
struct WrongUsage : Mistake {
  using Mistake::Mistake;
};

}  // namespace coach
