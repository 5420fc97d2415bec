#include "exercise_view.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "failure_text.hpp"
#include "lesson_text.hpp"
#include "report.hpp"
#include "text.hpp"

namespace coach {

namespace {

/// Says the parts of a page, to any terminal. `brief`: in as few lines as will do.
class Writer {
 public:
  Writer(const Desk& desk, const Screen& screen, const Terminal& terminal, bool brief)
      : desk_{terminal, desk.course, desk.progress},
        screen_(screen),
        terminal_(terminal),
        brief_(brief) {}

  void head(const Shown& shown) const;
  void verdict(const Shown& shown) const;
  void open_hints(const Shown& shown) const;
  void answers(const Shown& shown) const;
  void keys(const Shown& shown) const;

 private:
  void states(const Shown& shown) const;
  void pass(const Place& place) const;
  void help(const Lesson& lesson) const;

  Desk desk_;
  const Screen& screen_;
  const Terminal& terminal_;
  bool brief_;
};

void Writer::head(const Shown& shown) const {
  const auto& [lesson, item] = shown.place;
  std::size_t done = 0, all = 0;
  for (const Lesson& each : desk_.course.lessons()) {
    all += each.items.size();
    for (const Item& one : each.items) done += desk_.progress.of(one.id).passed ? 1 : 0;
  }
  terminal_.line("Loopwright  " + screen_.bar(done, all));
  terminal_.hang(fmt::format("Lesson {}: {}", lesson->number, lesson->title), Style::bold);
  terminal_.hang(
      fmt::format("{} {}{}", item->id, item->title, shown.passes() ? " (it passes)" : ""),
      Style::bold);
  if (!brief_) terminal_.line();
  terminal_.say(item->task);
  if (!brief_) terminal_.line();
  terminal_.line("Read:   " + screen_.link(fmt::format("lessons/{}/README.md", lesson->slug)));
  for (const std::string& place : places_of(*lesson, *item)) {
    terminal_.line("Write:  " + screen_.link(place));
  }
  if (!brief_) terminal_.line("Save:   in any editor; it is checked at once");
  if (shown.updated) tell_updates(desk_, *lesson);
  terminal_.line();
}

/// The other steps that are done, or that wait, are named in one line each.
void Writer::states(const Shown& shown) const {
  const std::string& current = shown.place.item->id;
  std::vector<std::string> done, waiting;
  for (const Verdict& verdict : shown.result->verdicts) {
    if (verdict.item.id == current) continue;
    if (verdict.state == Verdict::State::done) done.push_back(verdict.item.id);
    if (verdict.state == Verdict::State::waiting) waiting.push_back(verdict.item.id);
  }
  if (!done.empty()) terminal_.hang(fmt::format("Done: {}.", in_words(done)));
  for (const Verdict& verdict : shown.result->verdicts) {
    const bool failing = verdict.state == Verdict::State::failing;
    if (failing || verdict.item.id == current) show_state(terminal_, verdict);
    if (failing && verdict.item.id == current) {
      show_failure(terminal_, *shown.place.lesson, verdict);
    }
  }
  if (!waiting.empty()) terminal_.hang(fmt::format("Later: {}.", in_words(waiting)));
}

void Writer::verdict(const Shown& shown) const {
  if (!shown.result) return;
  if (brief_) {
    states(shown);
  } else {
    for (const Verdict& verdict : shown.result->verdicts) {
      show_state(terminal_, verdict);
      const bool current = verdict.item.id == shown.place.item->id;
      if (verdict.state != Verdict::State::failing) continue;
      if (current) show_failure(terminal_, *shown.place.lesson, verdict);
    }
  }
  if (shown.result->compile_error) show_compile_error(terminal_, *shown.result->compile_error);
  for (const std::string& suspicion : shown.result->suspected) terminal_.say(suspicion, 4);
  if (shown.passes()) pass(shown.place);
}

void Writer::pass(const Place& place) const {
  if (!brief_) terminal_.line();
  terminal_.line(terminal_.styled(Style::good, fmt::format("{} passes.", place.item->id)));
  terminal_.say(place.item->learned);
  const Place next = next_after(desk_, place);
  terminal_.say(next.item == nullptr
                    ? "s shows the answer and how yours differs. This was the last exercise."
                    : fmt::format("s shows the answer and how yours differs; n goes on to {} {}.",
                                  next.item->id, next.item->title));
  if (place.item->kind == Item::Kind::step) offer_own_layers(desk_, *place.lesson);
}

/// They are there, but out of the way of the verdict.
void Writer::open_hints(const Shown& shown) const {
  const Record& record = desk_.progress.of(shown.place.item->id);
  if (shown.hints || shown.passes() || record.hints == 0) return;
  terminal_.line();
  terminal_.say(fmt::format("Hints so far: {}; h shows them.", record.hints));
}

void Writer::help(const Lesson& lesson) const {
  terminal_.line();
  terminal_.say(
      "Save the file in any editor, and it is checked. Nothing is locked: go where you like. "
      "The first check of a lesson builds its programs and takes longest.");
  terminal_.line("  h  the next hint          n  on to what is open");
  terminal_.line("  p  the previous one       l  the list of all");
  terminal_.line("  m  all of a long message  s  answer, after a pass");
  terminal_.line("  e  open your editor       r  start anew");
  terminal_.line("  b  the benchmark          q  quit");
  if (has_timeline(lesson)) terminal_.line("  t  what each task did when, in a program");
}

void Writer::answers(const Shown& shown) const {
  if (shown.hints) {
    const auto hints = hints_for(*shown.place.lesson, *shown.place.item);
    const auto seen = static_cast<std::size_t>(desk_.progress.of(shown.place.item->id).hints);
    for (std::size_t i = 0; i < std::min(seen, hints.size()); ++i) {
      terminal_.line();
      terminal_.line(fmt::format("Hint {} of {}:", i + 1, hints.size()));
      terminal_.say(hints[i], 2);
    }
  }
  if (shown.help) help(*shown.place.lesson);
  if (shown.note.empty()) return;
  terminal_.line();
  terminal_.say(shown.note);
}

void Writer::keys(const Shown& shown) const {
  constexpr std::array keys{"h hint",  "n next",     "p previous", "l list", "e edit", "s solution",
                            "b bench", "t timeline", "r reset",    "? help", "q quit"};
  std::string line;
  for (const std::string_view key : keys) {  // a key and its word stay together
    if (key.starts_with('t') && !has_timeline(*shown.place.lesson)) continue;
    if (!line.empty() && columns(line) + 3 + key.size() > terminal_.width()) {
      terminal_.line(std::exchange(line, ""));
    }
    line += (line.empty() ? "" : " · ") + std::string(key);
  }
  terminal_.line(line);
}

}  // namespace

bool Shown::passes() const {
  return result && std::ranges::any_of(result->verdicts, [this](const Verdict& verdict) {
           return verdict.item.id == place.item->id && verdict.state == Verdict::State::done;
         });
}

ExerciseView::Parts ExerciseView::parts_of(const Shown& shown, bool brief) const {
  const auto lines = [&](auto... write) {
    std::string text;
    const Terminal terminal = screen_.terminal().writing_to(text);
    const Writer writer(desk_, screen_, terminal, brief);
    ((writer.*write)(shown), ...);
    return split_lines(text);
  };
  return {lines(&Writer::head), lines(&Writer::verdict),
          lines(&Writer::open_hints, &Writer::answers), lines(&Writer::keys)};
}

std::size_t ExerciseView::rows_of(const std::vector<std::string>& lines) const {
  const std::size_t width = screen_.terminal().width();
  std::size_t rows = 0;
  for (const std::string& line : lines) {
    rows += std::max<std::size_t>(1, (columns(without_escapes(line)) + width - 1) / width);
  }
  return rows;
}

/// With the empty line above the keys, and the one at the bottom in which progress is told.
std::size_t ExerciseView::rows_of(const Parts& parts) const {
  return rows_of(parts.head) + rows_of(parts.verdict) + rows_of(parts.answers) +
         rows_of(parts.keys) + 2;
}

void ExerciseView::leave_out_the_middle(Parts& parts) const {
  const std::size_t all = rows_of(parts);
  auto& lines = parts.verdict;
  if (all <= screen_.rows() || lines.size() < 4) return;
  const std::size_t out = std::min(all - screen_.rows() + 1, lines.size() - 3);
  lines = folded(std::move(lines), out);
}

void ExerciseView::draw(const Shown& shown) const {
  const bool plain = screen_.terminal().plain();
  Parts parts = parts_of(shown, false);
  if (!plain && rows_of(parts) > screen_.rows()) {
    parts = parts_of(shown, true);
    leave_out_the_middle(parts);
  }
  screen_.clear();
  for (const auto* part : {&parts.head, &parts.verdict, &parts.answers}) {
    for (const std::string& line : *part) screen_.terminal().line(line);
  }
  screen_.terminal().line();
  for (const std::string& line : parts.keys) screen_.terminal().line(line);
}

void ExerciseView::draw_verdict(const Shown& shown) const {
  Writer(desk_, screen_, screen_.terminal(), false).verdict(shown);
}

void ExerciseView::draw_answers(const Shown& shown) const {
  Writer(desk_, screen_, screen_.terminal(), false).answers(shown);
}

std::string ExerciseView::whole_verdict(const Shown& shown) const {
  std::string text;
  const Terminal terminal = screen_.terminal().writing_to(text);
  Writer(desk_, screen_, terminal, false).verdict(shown);
  return text;
}

}  // namespace coach
