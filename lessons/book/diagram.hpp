#pragma once
// A diagram: its source is a block of Mermaid in a text, and its pictures, light and dark, are in
// diagrams/, made by diagrams/draw.

#include <string>
#include <string_view>

namespace book {

/// HTML of a diagram: its pictures, or the source where they have not been made.
std::string diagram(std::string_view source);

/// What its pictures are called: 16 hexadecimal digits of the source's hash (FNV-1a, 64 bits).
std::string diagram_name(std::string_view source);

}  // namespace book
