#pragma once
// Text on its way to C, which takes a NUL for the end.

#include <stdexcept>
#include <string>

namespace aio {

/// `text` as C reads it. Throws std::invalid_argument, which says what the text was to be, if there
/// is a NUL inside: C would take less than was given, past every check of the whole.
inline const char* c_string(const std::string& text, const char* what) {
  if (text.find('\0') == std::string::npos) return text.c_str();
  throw std::invalid_argument(std::string(what) + " must not contain a NUL");
}

}  // namespace aio
