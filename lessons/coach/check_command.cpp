// ./learn check, and ./learn alone where there is no terminal.

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "attempts.hpp"
#include "checks.hpp"
#include "code_excerpt.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "mistake.hpp"
#include "report.hpp"
#include "story.hpp"
#include "tags.hpp"
#include "text.hpp"

namespace coach {

namespace {

using nlohmann::json;

std::vector<fs::path> files_of(const Lesson& lesson, const Item& item) {
  if (item.kind != Item::Kind::step) return {lesson.file_of(item)};
  std::vector<fs::path> files;
  for (const fs::path& header : lesson.headers()) {
    files.push_back(fs::path("exercises") / lesson.slug / header);
  }
  return files;
}

}  // namespace

std::vector<std::string> places_of(const Lesson& lesson, const Item& item, std::string_view todo) {
  std::vector<std::string> places;
  for (const fs::path& file : files_of(lesson, item)) {
    const auto tags = find_tags(read_if_there(file).value_or(""));
    const auto place = [&](const Tag& tag) {
      return fmt::format("{}:{}", file.string(), tag.line + 1);
    };
    const auto named = std::ranges::find_if(
        tags, [&](const Tag& tag) { return tag.id == item.id && tag.text == todo; });
    if (named != tags.end()) return {place(*named)};
    const auto first = std::ranges::find(tags, item.id, &Tag::id);
    if (first != tags.end()) places.push_back(place(*first));
  }
  if (places.empty() && item.kind != Item::Kind::step) return {lesson.file_of(item).string()};
  return places;
}

namespace {

void show_places(const Terminal& terminal, std::string_view label, const Lesson& lesson,
                 const Item& item, std::string_view todo = "") {
  for (const std::string& place : places_of(lesson, item, todo)) {
    if (label.empty() || 24 + place.size() <= terminal.width()) {
      terminal.line(fmt::format("    {:<20}{}", label, place));
    } else {
      terminal.line(fmt::format("    {}\n      {}", label, place));
    }
    label = "";
  }
}

struct Sign {
  std::string_view word, sign;
  Style style;
};

/// A word where a sign might not be seen.
std::string mark(const Terminal& terminal, const Sign& sign) {
  if (terminal.plain()) return padded(fmt::format("{}:", sign.word), 13);
  return terminal.styled(sign.style, sign.sign) + " ";
}

Sign sign_of(const Verdict& verdict) {
  if (verdict.state == Verdict::State::done) return {"done", "✓", Style::good};
  if (verdict.state == Verdict::State::waiting) return {"waiting", "·", Style::dim};
  if (!verdict.begun) return {"not started", "○", Style::plain};
  return {"failing", "✗", Style::bad};
}

}  // namespace

void show_failure(const Terminal& terminal, const Lesson& lesson, const Verdict& verdict) {
  for (const auto& [kind, text] : story_of(lesson, verdict)) {
    if (kind == StoryLine::Kind::prose) {
      terminal.say(text, 4);
    } else {
      const bool named = kind == StoryLine::Kind::diagnosis;
      terminal.hang("    " + text, named ? Style::bold : Style::plain);
    }
  }
}

void show_state(const Terminal& terminal, const Verdict& verdict) {
  const std::string name = fmt::format("{} {}", verdict.item.id, verdict.item.title);
  // A sign and its colour take no part in the width, so the name is wrapped by itself.
  const auto lines = wrap(name, terminal.width() - (terminal.plain() ? 17 : 10));
  terminal.line(mark(terminal, sign_of(verdict)) + lines.front());
  for (std::size_t i = 1; i < lines.size(); ++i) {
    terminal.line(std::string(terminal.plain() ? 17 : 6, ' ') + lines[i]);
  }
  if (verdict.state != Verdict::State::done || verdict.item.kind != Item::Kind::test) return;
  for (const std::string& line : split_lines(verdict.results.front().message)) {  // the score
    terminal.hang("    " + line);
  }
}

namespace {

void show_verdict(const Desk& desk, const Lesson& lesson, const Verdict& verdict) {
  const Terminal& terminal = desk.terminal;
  const Item& item = verdict.item;
  show_state(terminal, verdict);
  if (verdict.state != Verdict::State::failing) return;
  terminal.line();
  terminal.say(item.task, 4);
  terminal.line();
  show_failure(terminal, lesson, verdict);
  terminal.line();
  const TestResult& first = verdict.results.front();
  show_places(terminal, "You write it here:", lesson, item,
              first.event == "todo" ? first.message : "");
  terminal.line(fmt::format("    A hint:             ./learn hint {}", item.id));
}

}  // namespace

void show_compile_error(const Terminal& terminal, const CompileError& error) {
  terminal.line(mark(terminal, {"failing", "✗", Style::bad}) + "It does not compile:");
  terminal.line();
  for (const std::string& line : code_excerpt(error.text, terminal.width() - 4)) {
    terminal.hang("    " + line);
  }
  terminal.line();
  if (!error.meaning.empty()) {
    terminal.say(error.meaning, 4);
    terminal.line();
  }
  if (!error.folded.empty()) terminal.say(fmt::format("Left out: {}.", error.folded), 4);
  terminal.line(fmt::format("    All that the compiler said: {}", error.log.string()));
}

namespace {

std::string_view name_of(Verdict::State state) {
  return state == Verdict::State::done      ? "done"
         : state == Verdict::State::failing ? "failing"
                                            : "waiting";
}

json to_json(const Place& place, const CheckResult& result) {
  json verdicts = json::array();
  for (const Verdict& verdict : result.verdicts) {
    json tests = json::array();
    for (const TestResult& test : verdict.results) {
      tests.push_back({{"test", test.test}, {"event", test.event}, {"message", test.message}});
    }
    verdicts.push_back(
        {{"id", verdict.item.id}, {"state", name_of(verdict.state)}, {"tests", tests}});
    if (verdict.state == Verdict::State::failing) verdicts.back()["begun"] = verdict.begun;
  }
  json all = {{"version", 1},
              {"lesson", place.lesson->number},
              {"passed", result.passed()},
              {"compiled", result.compiled},
              {"items", verdicts}};
  if (result.compile_error) {
    all["compile_error"] = result.compile_error->text;
    all["meaning"] = result.compile_error->meaning;
  }
  if (!result.suspected.empty()) all["suspected"] = result.suspected;
  return all;
}

/// All small exercises of a lesson, one after the other.
aio::Coro<CheckResult> check_all_small(const Desk& desk, const Lesson& lesson,
                                       const std::string& variant) {
  CheckResult all;
  for (const Item& item : lesson.small_exercises()) {
    CheckResult one = co_await check_small(desk.terminal, lesson, item, variant);
    if (one.compile_error) co_return one;
    std::ranges::move(one.verdicts, std::back_inserter(all.verdicts));
  }
  co_return all;
}

}  // namespace

namespace {

aio::Coro<CheckResult> checked(Desk desk, Place place, std::string variant) {
  const Lesson& lesson = *place.lesson;
  if (place.item != nullptr && place.item->kind != Item::Kind::step) {
    co_return co_await check_small(desk.terminal, lesson, *place.item, variant);
  }
  if (lesson.layers.empty()) co_return co_await check_all_small(desk, lesson, variant);
  co_return co_await check_steps(desk.terminal, lesson, place.item, variant);
}

}  // namespace

aio::Coro<CheckResult> run_check(Desk desk, Place place, std::string variant) {
  CheckResult result = co_await checked(desk, place, variant);
  if (variant != "exercise") co_return result;
  for (Verdict& verdict : result.verdicts) {
    if (verdict.state == Verdict::State::failing)
      verdict.begun = begun(*place.lesson, verdict.item);
  }
  co_return result;
}

void remember(const Desk& desk, const Place& place, const CheckResult& result) {
  const auto failed = [&](const std::string& id, bool counts) {
    if (counts) {
      desk.progress.checked(id, false);
    } else if (desk.progress.of(id).passed) {  // and then it was begun anew
      desk.progress.change(id, [](Record& record) { record.passed = false; });
    }
  };
  for (const Verdict& verdict : result.verdicts) {
    if (verdict.state == Verdict::State::done) desk.progress.checked(verdict.item.id, true);
    if (verdict.state == Verdict::State::failing)
      failed(verdict.item.id, attempted(*place.lesson, verdict));
  }
  if (result.compile_error && place.item != nullptr)
    failed(place.item->id, touched(*place.lesson, *place.item));
}

namespace {

bool layer_done(const Desk& desk, const Lesson& lesson) {
  const auto steps = lesson.steps();
  return !steps.empty() && std::ranges::all_of(steps, [&](const Item& step) {
    return desk.progress.of(step.id).passed;
  });
}

}  // namespace

void offer_own_layers(const Desk& desk, const Lesson& lesson) {
  if (!layer_done(desk, lesson)) return;
  desk.terminal.say("Programs can run on what you wrote:");
  desk.terminal.line(fmt::format("    ./learn demo {} --mine", lesson.number));
  desk.terminal.line(fmt::format("    ./learn bench {} --variant mine", lesson.number));
  desk.terminal.line(fmt::format("    ./learn try {}", lesson.number));
}

namespace {

void praise(const Desk& desk, const Place& place, const CheckResult& result) {
  const Terminal& terminal = desk.terminal;
  const Lesson& lesson = *place.lesson;
  terminal.line();
  const bool whole = place.item == nullptr;
  if (whole && !lesson.layers.empty()) {
    terminal.say(fmt::format("The steps of lesson {} pass.", lesson.number));
  }
  terminal.say(whole ? lesson.learned : place.item->learned);
  offer_own_layers(desk, lesson);
  if (!whole || lesson.layers.empty()) {
    terminal.line(
        fmt::format("The answer and why:  ./learn solution {}", result.verdicts.back().item.id));
    return;
  }
  std::vector<std::string> open;
  for (const Item& item : lesson.small_exercises()) {
    if (!desk.progress.of(item.id).passed) open.push_back(item.id);
  }
  if (!open.empty())
    terminal.say(
        fmt::format("Still open in this lesson: {}. Each has a check of its own.", in_words(open)));
}

void show_next(const Desk& desk, const Lesson* after = nullptr) {
  const Place next = next_place(desk, after);
  if (next.item == nullptr) {
    desk.terminal.line("You have done everything that is here.");
    return;
  }
  desk.terminal.line(fmt::format("Next:  ./learn check {}   {}", next.item->id, next.item->title));
}

void introduce(const Desk& desk, const Place& place) {
  const Lesson& lesson = *place.lesson;
  const Terminal& terminal = desk.terminal;
  terminal.line(
      terminal.styled(Style::bold, fmt::format("Lesson {}: {}", lesson.number, lesson.title)));
  terminal.say(lesson.promise);
  terminal.line();
  terminal.line(fmt::format("    Read:               lessons/{}/README.md", lesson.slug));
  terminal.line(fmt::format("    See:                ./learn demo {}", lesson.number));
  show_places(terminal, "Write:", lesson, *place.item);
  terminal.line(fmt::format("    Check:              ./learn check {}", place.item->id));
  terminal.line();
}

}  // namespace

Place next_place(const Desk& desk, const Lesson* first) {
  for (const Lesson& lesson : desk.course.lessons()) {
    if (first != nullptr && lesson.number < first->number) continue;
    for (const Item& item : lesson.items) {
      if (!desk.progress.of(item.id).passed) return {&lesson, &item};
    }
  }
  return first != nullptr ? next_place(desk, nullptr)
                          : Place{&desk.course.lessons().back(), nullptr};
}

Place next_after(const Desk& desk, const Place& place) {
  bool behind = false;
  for (const Lesson& lesson : desk.course.lessons()) {
    for (const Item& item : lesson.items) {
      if (behind && !desk.progress.of(item.id).passed) return {&lesson, &item};
      behind = behind || &item == place.item;
    }
  }
  return next_place(desk);
}

aio::Coro<int> check(Desk desk, CheckOptions options) {
  const Place place = options.id ? desk.course.find(*options.id) : next_place(desk);
  if (!options.id && place.item == nullptr) {
    show_next(desk);
    co_return 0;
  }
  if (!options.id && !options.json) introduce(desk, place);
  if (options.variant == "mine") collect_mine(desk.course);
  const CheckResult result = co_await run_check(desk, place, options.variant);
  if (options.variant == "exercise") remember(desk, place, result);
  if (options.json) {
    desk.terminal.line(to_json(place, result).dump(2));
    co_return result.passed() ? 0 : 1;
  }
  for (const std::string& file : result.compiled) {
    desk.terminal.line(desk.terminal.styled(Style::dim, "compiled: " + file));
  }
  for (const Verdict& verdict : result.verdicts) show_verdict(desk, *place.lesson, verdict);
  if (result.compile_error) show_compile_error(desk.terminal, *result.compile_error);
  for (const std::string& suspicion : result.suspected) desk.terminal.say(suspicion, 4);
  if (options.variant == "exercise") tell_updates(desk, *place.lesson);
  if (!result.passed()) co_return 1;
  praise(desk, place, result);
  show_next(desk, place.lesson);
  co_return 0;
}

}  // namespace coach
