#include "failure_text.hpp"

#include <algorithm>
#include <optional>
#include <regex>
#include <utility>

#include <fmt/format.h>

#include "text.hpp"

namespace coach {

namespace {

constexpr std::string_view cause = "Likely cause: ", dash = " — ";
// What the name of a wrong turn follows, see tests/support/story.hpp.
constexpr std::string_view naming[] = {"Wrong turn: ", "A mistake that looks like this: "};

/// "Wrong turn: lifo — the newest comes first" says the sentence alone.
std::string without_name(const std::string& line) {
  const std::size_t colon = line.find(": "), at = line.find(dash);
  return at == std::string::npos ? line : line.substr(0, colon + 2) + line.substr(at + dash.size());
}

/// The failures of a test follow each other, each after its place: "04_test.cpp:7: …".
struct Failures {
  std::string first;
  std::ptrdiff_t more = 0;
};

Failures failures_in(const std::string& message) {
  static const std::regex next("\n\n[A-Za-z0-9_]+\\.[ch]pp:[0-9]+: ");
  const std::sregex_iterator begin(message.begin(), message.end(), next), end;
  if (begin == end) return {message, 0};
  return {begin->prefix(), std::distance(begin, end)};
}

/// "04_test.cpp:7" and what follows it: in front it would look like a compiler's error.
std::pair<std::string, std::string> split_place(const std::string& failure) {
  static const std::regex pattern("([A-Za-z0-9_]+\\.[ch]pp:[0-9]+): ");
  std::smatch place;
  if (!std::regex_search(failure, place, pattern, std::regex_constants::match_continuous)) {
    return {"", failure};
  }
  return {place[1], place.suffix()};
}

/// Where a line says what was expected; nothing if none does, or if that is the first one.
std::optional<std::size_t> expected_in(const std::vector<std::string>& lines) {
  const auto line = std::ranges::find_if(lines, [](const std::string& each) {
    return trim(without_escapes(each)).starts_with("Expected: ");
  });
  if (line == lines.begin() || line == lines.end()) return std::nullopt;
  return static_cast<std::size_t>(line - lines.begin());
}

}  // namespace

std::vector<std::string> folded(std::vector<std::string> lines, std::size_t out) {
  const std::size_t third = std::max<std::size_t>(1, (lines.size() - out) / 3);
  const std::size_t expected = expected_in(lines).value_or(lines.size());
  const std::size_t first = expected > out ? std::min(third, expected - out) : 1;
  const std::size_t here = std::min(out, expected - first);  // the rest goes at the end
  lines.resize(lines.size() - (out - here));
  const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(first);
  lines.erase(begin, begin + static_cast<std::ptrdiff_t>(here));
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(first),
               fmt::format("    … {} lines are left out here; m shows them all …", out));
  return lines;
}

bool names_wrong_turn(std::string_view line) {
  return std::ranges::any_of(naming, [&](std::string_view s) { return line.starts_with(s); });
}

std::string failure_text(std::string_view message, Candour candour) {
  const auto [first, more] = failures_in(std::string(message));
  const auto [place, told] = split_place(first);
  std::string text;
  for (const std::string& line : split_lines(told)) {
    const bool named = names_wrong_turn(line);
    if (candour == Candour::story_only && (named || line.starts_with(cause))) continue;
    text += (text.empty() ? "" : "\n") + (named ? without_name(line) : line);
  }
  if (!place.empty()) text += "\nTested in " + place;
  if (more == 0) return text;
  return text +
         fmt::format("\nLeft out: {} more failure{} of this test.", more, more == 1 ? "" : "s");
}

}  // namespace coach
