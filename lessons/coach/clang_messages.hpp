#pragma once
// Clang's messages in g++'s words, so that what a message means is written down once.

#include <string>

namespace coach {

/// What g++ would say of the same mistake, or `message` itself. `reasons` is what was shown with
/// it, a line for each: notes about candidates, and the line of code.
std::string as_gcc_says(const std::string& message, const std::string& reasons);

}  // namespace coach
