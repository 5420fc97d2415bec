#include "comparison.hpp"

#include <algorithm>

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

Answers answers_for(const Lesson& lesson, const Item& item) {
  Answers answers;
  if (item.kind != Item::Kind::step) {
    answers.yours = written_in(lesson.file_of(item));
    answers.ours = written_in(fs::path("solutions") / lesson.slug / (item.id + ".cpp"));
    return answers;
  }
  for (const std::string& layer : lesson.layers) {
    const fs::path header = fs::path("aio") / (layer + ".hpp");
    answers.yours += functions_in(fs::path("exercises") / lesson.slug / header, item.id);
    answers.ours += functions_in("runtime" / header, item.id);
  }
  return answers;
}

}  // namespace

void show_comparison(const Terminal& terminal, const Lesson& lesson, const Item& item) {
  if (item.kind == Item::Kind::predict) return;  // it passed, so it is the same
  Answers answers;
  try {
    answers = answers_for(lesson, item);
  } catch (const Mistake&) {  // their functions may have changed beyond recognition
  }
  if (answers.yours.empty()) {
    return terminal.say("Your file no longer has the tag lines, so it cannot be compared.");
  }
  const auto lines = difference(answers.yours, answers.ours);
  const auto changed = [](const std::string& line) { return !line.starts_with("  "); };
  if (std::ranges::none_of(lines, changed)) return terminal.say("Yours is the same.");
  terminal.line(terminal.styled(Style::bold, "How yours differs (- yours, + the answer):"));
  terminal.line();
  for (const std::string& line : lines) {
    const Style style = line.starts_with('-')   ? Style::bad
                        : line.starts_with('+') ? Style::good
                                                : Style::plain;
    terminal.line(terminal.styled(style, line));
  }
}

}  // namespace coach
