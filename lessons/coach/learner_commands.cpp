// ./learn status, hint, solution, reset: what needs no check.

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "answer.hpp"
#include "commands.hpp"
#include "comparison.hpp"
#include "files.hpp"
#include "lesson_text.hpp"
#include "mistake.hpp"
#include "review.hpp"
#include "starters.hpp"
#include "text.hpp"
#include "updates.hpp"

namespace coach {

namespace {

using nlohmann::json;

/// What a command without a precise ID is about: the first open item of the lesson.
const Item& item_of(const Desk& desk, const Place& place) {
  if (place.item != nullptr) return *place.item;
  for (const Item& item : place.lesson->items) {
    if (!desk.progress.of(item.id).passed) return item;
  }
  return place.lesson->items.back();
}

std::string mark(const Desk& desk, const Item& item) {
  const bool passed = desk.progress.of(item.id).passed;
  if (desk.terminal.plain()) return passed ? "done" : "open";
  return passed ? desk.terminal.styled(Style::good, "✓") : desk.terminal.styled(Style::dim, "·");
}

json status_json(const Desk& desk) {
  json lessons = json::array();
  for (const Lesson& lesson : desk.course.lessons()) {
    json items = json::array();
    for (const Item& item : lesson.items) {
      const Record& record = desk.progress.of(item.id);
      items.push_back({{"id", item.id},
                       {"title", item.title},
                       {"passed", record.passed},
                       {"failures", record.failures},
                       {"hints", record.hints},
                       {"last_work", record.last_work}});
    }
    lessons.push_back({{"number", lesson.number}, {"title", lesson.title}, {"items", items}});
  }
  return {{"version", 1}, {"lessons", lessons}};
}

}  // namespace

int status(const Desk& desk, bool as_json) {
  const Terminal& terminal = desk.terminal;
  if (as_json) {
    terminal.line(status_json(desk).dump(2));
    return 0;
  }
  for (const Lesson& lesson : desk.course.lessons()) {
    const auto done = std::ranges::count_if(
        lesson.items, [&](const Item& item) { return desk.progress.of(item.id).passed; });
    terminal.line(terminal.styled(
        Style::bold,
        fmt::format("{} {}  {}/{}", lesson.number, lesson.title, done, lesson.items.size())));
    for (const Item& item : lesson.items) {
      std::string head = fmt::format("   {} {}  ", mark(desk, item), padded(item.id, 11));
      for (const std::string& part : wrap(item.title, terminal.width() - 19)) {
        terminal.line(head + part);
        head.assign(18, ' ');
      }
    }
  }
  terminal.line();
  for (const Lesson& lesson : desk.course.lessons()) tell_updates(desk, lesson);
  show_review(desk);
  const Place next = next_place(desk);
  terminal.line(next.item != nullptr ? fmt::format("Next:  ./learn check {}", next.item->id)
                                     : "You have done everything that is here.");
  return 0;
}

int hint(const Desk& desk, const std::string& id, bool all) {
  const Place place = desk.course.find(id);
  const Item& item = item_of(desk, place);
  const auto hints = hints_for(*place.lesson, item);
  if (hints.empty()) throw Mistake(fmt::format("there are no hints for {}", item.id));
  const std::size_t shown = static_cast<std::size_t>(desk.progress.of(item.id).hints);
  const std::size_t first = all ? 0 : std::min(shown, hints.size() - 1);
  const std::size_t last = all ? hints.size() : first + 1;
  for (std::size_t i = first; i < last; ++i) {
    desk.terminal.line(fmt::format("Hint {} of {} for {}:", i + 1, hints.size(), item.id));
    desk.terminal.say(hints[i], 2);
  }
  desk.progress.change(item.id, [last](Record& record) {
    record.hints = std::max(record.hints, static_cast<int>(last));
  });
  if (last < hints.size()) {
    desk.terminal.line(fmt::format("\nThe next one:  ./learn hint {}", item.id));
  } else {
    desk.terminal.line(
        fmt::format("\nThat was the last hint. To see the answer:\n    ./learn solution {}{}",
                    item.id, desk.progress.of(item.id).passed ? "" : " --spoil"));
  }
  return 0;
}

int solution(const Desk& desk, const std::string& id, bool spoil) {
  const Place place = desk.course.find(id);
  const Lesson& lesson = *place.lesson;
  const std::vector<Item> items = place.item != nullptr ? std::vector{*place.item} : lesson.items;
  for (const Item& item : items) {
    if (!spoil && !desk.progress.of(item.id).passed) {
      desk.terminal.say(
          fmt::format("{} has not passed yet. To see the answer anyway: "
                      "./learn solution {} --spoil",
                      item.id, item.id));
      return 1;
    }
    desk.terminal.line(
        desk.terminal.styled(Style::bold, fmt::format("{} {}", item.id, item.title)));
    desk.terminal.line();
    for (const AnswerPiece& piece : answer_of(lesson, item)) {
      desk.terminal.line(piece.code);
      if (item.kind == Item::Kind::step) desk.terminal.line();
    }
    desk.terminal.say(section(fs::path("solutions") / lesson.slug / "README.md", item.id));
    desk.terminal.line();
    if (!desk.progress.of(item.id).passed || item.kind == Item::Kind::predict) continue;
    show_comparison(desk.terminal, lesson, item);
    desk.terminal.line();
  }
  return 0;
}

int reset(const Desk& desk, const std::string& id) {
  for (const std::string& sentence : start_anew(desk, id)) desk.terminal.say(sentence);
  return 0;
}

std::vector<std::string> start_anew(const Desk& desk, const std::string& id) {
  std::vector<std::string> said;
  const Place place = desk.course.find(id);
  const Lesson& lesson = *place.lesson;
  const bool layer_only = place.item == nullptr && !lesson.layers.empty();
  for (const Starter& starter : starters_of(lesson)) {
    const bool wanted = place.item != nullptr ? starter.path == lesson.file_of(*place.item)
                                              : !layer_only || starter.path.extension() == ".hpp";
    if (!wanted) continue;
    const auto before = read_if_there(starter.path);
    if (before && *before == starter.text) {
      said.push_back(fmt::format("{} is as it was in the beginning.", starter.path.string()));
      continue;
    }
    std::string kept;
    if (before)
      kept = fmt::format(" Your version is kept as {}.", keep_as_backup(starter.path).string());
    write_file(starter.path, starter.text);
    set_base(starter.path, starter.text);
    said.push_back(fmt::format("{} is the starter again.{}", starter.path.string(), kept));
  }
  for (const Item& item : lesson.items) {
    const bool affected = place.item == nullptr
                              ? (item.kind == Item::Kind::step || !layer_only)
                              : lesson.file_of(item) == lesson.file_of(*place.item);
    if (affected) desk.progress.change(item.id, [](Record& record) { record.passed = false; });
  }
  return said;
}

}  // namespace coach
