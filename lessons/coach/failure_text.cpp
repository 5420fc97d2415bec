#include "failure_text.hpp"

#include "text.hpp"

namespace coach {

namespace {

constexpr std::string_view cause = "Likely cause: ", wrong_turn = "Wrong turn: ";

/// "Wrong turn: lifo — the newest comes first" says the sentence alone.
std::string without_name(const std::string& line) {
  const std::string_view dash = " — ";
  const std::size_t at = line.find(dash);
  return at == std::string::npos ? line : std::string(wrong_turn) + line.substr(at + dash.size());
}

}  // namespace

std::string failure_text(std::string_view message, Candour candour) {
  std::string text;
  for (const std::string& line : split_lines(message)) {
    const bool named = line.starts_with(wrong_turn);
    if (candour == Candour::story_only && (named || line.starts_with(cause))) continue;
    text += (text.empty() ? "" : "\n") + (named ? without_name(line) : line);
  }
  return text;
}

}  // namespace coach
