// ./learn glossary: the terms of the course, one or all of them.

#include <algorithm>

#include <fmt/format.h>

#include "commands.hpp"
#include "files.hpp"
#include "lesson_text.hpp"
#include "mistake.hpp"
#include "text.hpp"

namespace coach {

int glossary(const Desk& desk, const std::string& term) {
  const auto entries = terms_in(read_if_there("lessons/GLOSSARY.md").value_or(""));
  if (entries.empty()) throw Mistake("lessons/GLOSSARY.md is missing, or explains nothing.");
  if (term.empty()) {
    std::vector<std::string> names;
    for (const Term& entry : entries) names.push_back(entry.name);
    desk.terminal.say(in_words(names) + ".");
    desk.terminal.line("\nOne of them:  ./learn glossary TERM");
    return 0;
  }
  bool found = false;
  for (const Term& entry : entries) {
    if (lower(entry.name).find(lower(term)) == std::string::npos) continue;
    if (std::exchange(found, true)) desk.terminal.line();
    desk.terminal.line(desk.terminal.styled(Style::bold, entry.name));
    desk.terminal.say(entry.text, 2);
  }
  if (found) return 0;
  desk.terminal.say(
      fmt::format("The glossary has no \"{}\". All its terms: ./learn glossary", term));
  return 1;
}

}  // namespace coach
