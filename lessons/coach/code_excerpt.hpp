#pragma once
// A compiler's error on a terminal of some width.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace coach {

/// The lines of an error: its message as it is, to be wrapped; of the source line and its caret
/// the part around the caret, at most `width` columns.
std::vector<std::string> code_excerpt(std::string_view error, std::size_t width);

/// The long names of the library that everybody calls by a short one.
std::string with_short_names(std::string_view error);

}  // namespace coach
