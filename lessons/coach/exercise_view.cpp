#include "exercise_view.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "lesson_text.hpp"
#include "report.hpp"
#include "text.hpp"

namespace coach {

void ExerciseView::draw(const Shown& shown) const {
  screen_.clear();
  draw_head(shown);
  draw_verdict(shown);
  draw_open_hints(shown);
  draw_answers(shown);
  screen_.terminal().line();
  draw_keys();
}

void ExerciseView::draw_head(const Shown& shown) const {
  const Terminal& terminal = screen_.terminal();
  const auto& [lesson, item] = shown.place;
  std::size_t done = 0, all = 0;
  for (const Lesson& each : desk_.course.lessons()) {
    all += each.items.size();
    for (const Item& one : each.items) done += desk_.progress.of(one.id).passed ? 1 : 0;
  }
  terminal.line("Loopwright  " + screen_.bar(done, all));
  terminal.hang(fmt::format("Lesson {}: {}", lesson->number, lesson->title), Style::bold);
  terminal.hang(fmt::format("{} {}", item->id, item->title), Style::bold);
  terminal.line();
  terminal.say(item->task);
  terminal.line();
  terminal.line("Read:   " + screen_.link(fmt::format("lessons/{}/README.md", lesson->slug)));
  for (const std::string& place : places_of(*lesson, *item)) {
    terminal.line("Write:  " + screen_.link(place));
  }
  terminal.line("Save:   in any editor; it is checked at once");
  if (shown.updated) tell_updates(desk_, *lesson);
  terminal.line();
}

void ExerciseView::draw_verdict(const Shown& shown) const {
  if (!shown.result) return;
  const Terminal& terminal = screen_.terminal();
  for (const Verdict& verdict : shown.result->verdicts) {
    show_state(terminal, verdict);
    const bool current = verdict.item.id == shown.place.item->id;
    if (verdict.state != Verdict::State::failing) continue;
    if (current) show_failure(terminal, *shown.place.lesson, verdict);
  }
  if (shown.result->compile_error) show_compile_error(terminal, *shown.result->compile_error);
  for (const std::string& suspicion : shown.result->suspected) terminal.say(suspicion, 4);
  const auto passes = [&](const Verdict& verdict) {
    return verdict.item.id == shown.place.item->id && verdict.state == Verdict::State::done;
  };
  if (std::ranges::any_of(shown.result->verdicts, passes)) draw_pass(shown.place);
}

void ExerciseView::draw_pass(const Place& place) const {
  const Terminal& terminal = screen_.terminal();
  terminal.line();
  terminal.line(terminal.styled(Style::good, fmt::format("{} passes.", place.item->id)));
  terminal.say(place.item->learned);
  terminal.say("s shows the answer and how yours differs; n goes on.");
}

/// They are there, but out of the way of the verdict.
void ExerciseView::draw_open_hints(const Shown& shown) const {
  const Record& record = desk_.progress.of(shown.place.item->id);
  if (shown.hints || record.passed || record.hints == 0) return;
  screen_.terminal().line();
  screen_.terminal().say(fmt::format("Hints so far: {}; h shows them.", record.hints));
}

void ExerciseView::draw_answers(const Shown& shown) const {
  const Terminal& terminal = screen_.terminal();
  if (shown.hints) {
    const auto hints = hints_for(*shown.place.lesson, *shown.place.item);
    const auto seen = static_cast<std::size_t>(desk_.progress.of(shown.place.item->id).hints);
    for (std::size_t i = 0; i < std::min(seen, hints.size()); ++i) {
      terminal.line();
      terminal.line(fmt::format("Hint {} of {}:", i + 1, hints.size()));
      terminal.say(hints[i], 2);
    }
  }
  if (shown.help) {
    terminal.line();
    terminal.say(
        "Save the file in any editor, and it is checked. Nothing is locked: go where you like. "
        "The first check of a lesson builds its programs and takes longest.");
    terminal.line("  h  the next hint          n  the next exercise");
    terminal.line("  p  the previous one       l  the list of all");
    terminal.line("  b  the benchmark          t  the timeline");
    terminal.line("  s  answer, after a pass   r  start anew");
    terminal.line("  e  open your editor       q  quit");
  }
  if (shown.note.empty()) return;
  terminal.line();
  terminal.say(shown.note);
}

void ExerciseView::draw_keys() const {
  constexpr std::array keys{"h hint",  "n next",     "p previous", "l list", "e edit", "s solution",
                            "b bench", "t timeline", "r reset",    "? help", "q quit"};
  std::string line;
  for (const std::string_view key : keys) {  // a key and its word stay together
    if (!line.empty() && columns(line) + 3 + key.size() > screen_.terminal().width()) {
      screen_.terminal().line(std::exchange(line, ""));
    }
    line += (line.empty() ? "" : " · ") + std::string(key);
  }
  screen_.terminal().line(line);
}

}  // namespace coach
