#include "code_excerpt.hpp"

#include <algorithm>
#include <regex>

#include "text.hpp"

namespace coach {

namespace {

constexpr std::string_view bar = " | ";

/// `text` from a column on.
std::string_view from_column(std::string_view text, std::size_t column) {
  std::size_t at = 0;
  for (; at < text.size() && column > 0; --column) {
    do ++at;
    while (at < text.size() && (text[at] & 0xC0) == 0x80);
  }
  return text.substr(at);
}

/// The code behind the line number, from column `first` on, cut at the width.
std::string part_of(std::string_view line, std::size_t first, std::size_t width) {
  const std::size_t code = line.find(bar) + bar.size();
  std::string part(line.substr(0, code));
  part += from_column(line.substr(code), first);
  return padded(part, std::min(columns(part), width));
}

}  // namespace

std::vector<std::string> code_excerpt(std::string_view error, std::size_t width) {
  std::vector<std::string> lines = split_lines(error);
  const auto is_code = [](const std::string& line) { return line.find(bar) != std::string::npos; };
  std::size_t caret = 0, margin = 0;
  for (const std::string& line : lines) {
    const std::size_t at = is_code(line) ? line.find('^') : std::string::npos;
    if (at == std::string::npos) continue;
    margin = line.find(bar) + bar.size();
    caret = columns(std::string_view(line).substr(0, at)) - margin;
  }
  const std::size_t room = width - std::min(width, margin + 1);
  const std::size_t first = caret < room ? 0 : caret - room / 2;
  for (std::string& line : lines) {
    if (is_code(line)) line = part_of(line, first, width);
  }
  return lines;
}

std::string with_short_names(std::string_view error) {
  static const std::regex name("std::(__cxx11::)?basic_string<char>");
  static const std::regex aka(
      " \\{aka (‘|')(const )?std::string(’|')\\}| \\(aka '(const "
      ")?(std::string|basic_string_view<char>|"
      "basic_string<char>)( &)?'\\)");
  const std::string shorter = std::regex_replace(std::string(error), name, "std::string");
  return std::regex_replace(shorter, aka, "");
}

}  // namespace coach
