#pragma once
// What changes between two texts, line by line.

#include <string>
#include <string_view>
#include <vector>

namespace coach {

/// The lines of both: "  " before what they share, "- " before what only `before` has, "+ " before
/// what only `after` has. As few changes as possible; blanks at the ends of lines do not count.
std::vector<std::string> difference(std::string_view before, std::string_view after);

}  // namespace coach
