#include "story.hpp"

#include <fmt/format.h>

#include "attempts.hpp"
#include "failure_text.hpp"
#include "report.hpp"
#include "text.hpp"

namespace coach {

namespace {

using Kind = StoryLine::Kind;

std::string_view word_for(const TestResult& result) {
  if (result.event == "todo") return "is not written yet";
  if (result.event == "hang") return "did not end";
  if (result.event == "crash") return "crashed";
  return "failed";
}

/// Which TODO it was: a step may have several, and may call what another one writes.
std::vector<StoryLine> todo(const Lesson& lesson, const Verdict& verdict) {
  const TestResult& result = verdict.results.front();
  const bool own = result.step.empty() || result.step == verdict.item.id;
  if (!own) {
    return {{Kind::message, fmt::format("{} came to what another step writes:", result.test)},
            {Kind::prose, fmt::format("Not written yet: {} {}", result.step, result.message)}};
  }
  const auto places = places_of(lesson, verdict.item, result.message);
  const std::string place =
      places.empty() ? verdict.item.title : fs::path(places.front()).filename().string();
  const bool told = result.message.empty() || result.message == verdict.item.title;  // above
  return {{Kind::prose, told ? fmt::format("Not written yet: {}", place)
                             : fmt::format("Not written yet: {} ({})", result.message, place)}};
}

}  // namespace

std::vector<StoryLine> story_of(const Lesson& lesson, const Verdict& verdict) {
  const TestResult& result = verdict.results.front();
  const bool predicts = verdict.item.kind == Item::Kind::predict;
  if (result.event == "todo" && !predicts) return todo(lesson, verdict);
  std::vector<StoryLine> story;
  if (!result.test.empty() && !predicts) {
    story.push_back({Kind::message, fmt::format("{} {}", result.test, word_for(result))});
  }
  const bool as_given = verdict.item.kind == Item::Kind::fix && !touched(lesson, verdict.item);
  const Candour candour = as_given ? Candour::story_only : Candour::whole;
  for (const std::string& line : split_lines(failure_text(result.message, candour))) {
    story.push_back({names_wrong_turn(line) ? Kind::diagnosis : Kind::message, line});
  }
  return story;
}

}  // namespace coach
