#pragma once
// The learner's editor, and how it is told where to begin.

#include <string>
#include <string_view>

namespace coach {

/// What VISUAL or EDITOR says, as a command of the shell; or nothing.
std::string editor();

/// A command of the shell that opens the file "$1" with an editor, at a line if the editor is one
/// that is known to take it; 0: at the beginning.
std::string opening(std::string_view editor, std::size_t line);

}  // namespace coach
