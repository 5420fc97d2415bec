#include "attempts.hpp"

#include <algorithm>

#include "files.hpp"
#include "mistake.hpp"
#include "starters.hpp"
#include "tags.hpp"

namespace coach {

namespace {

std::vector<Starter> starters_at(const Lesson& lesson, const Item& item) {
  std::vector<Starter> starters = starters_of(lesson);
  const bool step = item.kind == Item::Kind::step;
  const fs::path file = step ? fs::path() : lesson.file_of(item);
  std::erase_if(starters, [&](const Starter& starter) {
    return step ? starter.path.extension() != ".hpp" : starter.path != file;
  });
  return starters;
}

/// Whether the functions of a step are as they were handed out.
bool untouched(const Item& step, const Starter& starter, const std::string& text) {
  return text == starter.text || functions_of(text, step.id) == functions_of(starter.text, step.id);
}

}  // namespace

bool touched(const Lesson& lesson, const Item& item) {
  try {
    return std::ranges::any_of(starters_at(lesson, item), [](const Starter& starter) {
      return read_if_there(starter.path).value_or("") != starter.text;
    });
  } catch (const Mistake&) {  // an author is at work on the lesson
    return true;
  }
}

bool begun(const Lesson& lesson, const Item& item) {
  if (item.kind != Item::Kind::step) return touched(lesson, item);
  try {
    return !std::ranges::all_of(starters_at(lesson, item), [&](const Starter& starter) {
      return untouched(item, starter, read_if_there(starter.path).value_or(""));
    });
  } catch (const Mistake&) {  // the learner's file has changed beyond recognition
    return true;
  }
}

bool attempted(const Lesson& lesson, const Verdict& verdict) {
  const bool only_to_do = std::ranges::all_of(verdict.results, [](const TestResult& result) {
    return result.event == "todo" || result.event == "pass" || result.event == "skip";
  });
  return !only_to_do && begun(lesson, verdict.item);
}

}  // namespace coach
