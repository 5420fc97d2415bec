#include "comparison.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "difference.hpp"
#include "files.hpp"
#include "mistake.hpp"
#include "tags.hpp"
#include "text.hpp"

namespace coach {

namespace {

std::string functions_in(const fs::path& file, const std::string& id) {
  return functions_of(read_if_there(file).value_or(""), id);
}

/// A small exercise without what only the coach has put into the starter.
std::string written_in(const fs::path& file) {
  std::string text;
  for (const std::string& line : split_lines(untagged(read_file(file)))) {
    const bool ours = line.starts_with("// Exercise ") || line == "#include <aio/support/todo.hpp>";
    if (!ours) text += line + '\n';
  }
  return text;
}

struct Answers {
  std::string yours, ours;
};

/// Of a small exercise its functions, if they still have their tags in both files.
Answers answers_to_small(const Lesson& lesson, const Item& item) {
  const fs::path yours = lesson.file_of(item);
  const fs::path ours = fs::path("solutions") / lesson.slug / (item.id + ".cpp");
  const Answers functions{functions_in(yours, item.id), functions_in(ours, item.id)};
  if (!functions.yours.empty() && !functions.ours.empty()) return functions;
  return {written_in(yours), written_in(ours)};
}

Answers answers_to_step(const Lesson& lesson, const Item& item) {
  Answers answers;
  for (const fs::path& header : lesson.headers()) {
    answers.yours += functions_in(fs::path("exercises") / lesson.slug / header, item.id);
    answers.ours += functions_in("runtime" / header, item.id);
  }
  return answers;
}

Answers answers_for(const Lesson& lesson, const Item& item) {
  const Answers answers = item.kind == Item::Kind::step ? answers_to_step(lesson, item)
                                                        : answers_to_small(lesson, item);
  return {without_comments(answers.yours), without_comments(answers.ours)};
}

bool is_shared(const std::string& line) { return line.starts_with("  "); }

/// The lines that differ, with three others around them.
void show_differences(const Terminal& terminal, const std::vector<std::string>& lines) {
  constexpr std::size_t around = 3;
  terminal.line(terminal.styled(Style::bold, "How yours differs (- yours, + the answer):"));
  terminal.line();
  bool left_out = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::size_t first = i - std::min(i, around),
                      last = std::min(i + around + 1, lines.size());
    const auto at = [&](std::size_t index) {
      return lines.begin() + static_cast<std::ptrdiff_t>(index);
    };
    if (std::all_of(at(first), at(last), is_shared)) {
      if (!std::exchange(left_out, true)) terminal.line("  …");
      continue;
    }
    left_out = false;
    const Style style = lines[i].starts_with('-')   ? Style::bad
                        : lines[i].starts_with('+') ? Style::good
                                                    : Style::plain;
    terminal.line(terminal.styled(style, lines[i]));
  }
}

/// Yours on the left, the answer on the right; false if they are too wide for that.
bool show_side_by_side(const Terminal& terminal, const Answers& answers) {
  const auto yours = split_lines(answers.yours), ours = split_lines(answers.ours);
  const std::size_t width = (terminal.width() - 3) / 2;
  const auto fits = [width](const std::string& line) { return columns(line) <= width; };
  if (terminal.plain() || !std::ranges::all_of(yours, fits) || !std::ranges::all_of(ours, fits)) {
    return false;
  }
  terminal.line(terminal.styled(Style::bold, padded("Yours", width) + "   The answer"));
  for (std::size_t i = 0; i < std::max(yours.size(), ours.size()); ++i) {
    const std::string left = i < yours.size() ? yours[i] : "",
                      right = i < ours.size() ? ours[i] : "";
    terminal.line(fmt::format("{} │ {}", padded(left, width), right));
  }
  return true;
}

void show_yours(const Terminal& terminal, const Answers& answers) {
  terminal.line(terminal.styled(Style::bold, "Yours, which goes another way:"));
  terminal.line();
  for (const std::string& line : split_lines(answers.yours)) terminal.line(line);
}

}  // namespace

void show_comparison(const Terminal& terminal, const Lesson& lesson, const Item& item) {
  if (item.kind == Item::Kind::predict) return;  // it passed, so it is the same
  Answers answers;
  try {
    answers = answers_for(lesson, item);
  } catch (const Mistake&) {  // their functions may have changed beyond recognition
  }
  if (trim(answers.yours).empty()) {
    return terminal.say("Your file no longer has the tag lines, so it cannot be compared.");
  }
  const auto lines = difference(answers.yours, answers.ours);
  const auto shared = static_cast<std::size_t>(std::ranges::count_if(lines, is_shared));
  if (shared == lines.size()) return terminal.say("Yours is the same.");
  const bool alike = 3 * shared >= 2 * lines.size();
  if (alike) return show_differences(terminal, lines);
  if (!show_side_by_side(terminal, answers)) show_yours(terminal, answers);
}

}  // namespace coach
