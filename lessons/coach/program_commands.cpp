// ./learn demo and try: programs that run, also on what the learner has written.

#include <algorithm>

#include <fmt/format.h>

#include "build.hpp"
#include "checks.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "mistake.hpp"
#include "process.hpp"
#include "text.hpp"

namespace coach {

namespace {

/// The prediction whose answers a program prints, while it is open; or null.
const Item* spoiled_by(const Desk& desk, const Lesson& lesson, const Demo& demo) {
  const Item* prediction = lesson.prediction_of(demo.program);
  return prediction != nullptr && !desk.progress.of(prediction->id).passed ? prediction : nullptr;
}

/// The first that fits the options, and spoils nothing if there is such a one. Throws Mistake.
const Demo& first_demo(const Desk& desk, const Lesson& lesson, const DemoOptions& options) {
  const Demo* first = nullptr;
  for (const Demo& demo : lesson.demos) {
    if (options.timeline && !demo.has_tasks) continue;
    if (!spoiled_by(desk, lesson, demo)) return demo;
    if (first == nullptr) first = &demo;
  }
  if (first != nullptr) return *first;
  throw Mistake(fmt::format("No program of lesson {} has tasks to tell of.", lesson.number));
}

/// Throws WrongUsage.
const Demo& demo_of(const Desk& desk, const Lesson& lesson, const DemoOptions& options) {
  if (options.program.empty()) return first_demo(desk, lesson, options);
  const auto found = std::ranges::find(lesson.demos, options.program, &Demo::program);
  if (found != lesson.demos.end()) return *found;
  std::vector<std::string> names;
  for (const Demo& one : lesson.demos) names.push_back(one.program);
  throw WrongUsage(fmt::format("Lesson {} has no program \"{}\"; it has {}.", lesson.number,
                               options.program, in_words(names)));
}

void tell_other_demos(const Terminal& terminal, const Lesson& lesson, const Demo& shown,
                      bool watching) {
  std::vector<std::string> others;
  for (const Demo& one : lesson.demos) {
    if (&one != &shown) others.push_back(one.program);
  }
  if (others.empty()) return;
  terminal.say(fmt::format("This lesson also has {}; for example{}: ./learn demo {} {}",
                           in_words(others), watching ? ", in another terminal" : "", lesson.number,
                           others.front()));
}

void refuse_to_spoil(const Desk& desk, const Lesson& lesson, const Demo& demo, bool watching) {
  const Item* prediction = spoiled_by(desk, lesson, demo);
  if (prediction == nullptr) return;
  throw Mistake(fmt::format(
      "{} prints what {} asks you to predict. Answer that first, or see it all the same{}: "
      "./learn demo {} {} --spoil",
      demo.program, prediction->id, watching ? ", in another terminal" : "", lesson.number,
      demo.program));
}

/// Builds a program and runs it on this terminal; returns its exit status.
aio::Coro<int> build_and_run(const Terminal& terminal, std::string target, fs::path learners_file) {
  BuildTree tree(terminal, target.ends_with(".mine") ? learners_preset() : "dev");
  if (const auto error = co_await tree.build(target, learners_file)) {
    throw Mistake(error->meaning.empty() ? error->text
                                         : fmt::format("{}\n{}", error->text, error->meaning));
  }
  Command command;
  command.argv = {tree.program(target).string()};
  command.inherit_output = true;
  const Outcome outcome = co_await run_command(std::move(command));
  if (outcome.signal != 0) terminal.say(fmt::format("It was ended by signal {}.", outcome.signal));
  co_return outcome.status;
}

}  // namespace

void tell_whose(const Terminal& terminal, const std::vector<std::string>& mine) {
  terminal.say(mine.empty() ? "This runs on the reference: none of your layers is whole yet."
                            : fmt::format("This runs on your {}; the rest is the reference.",
                                          in_words(mine)));
  terminal.line();
}

bool has_timeline(const Lesson& lesson) {
  return std::ranges::any_of(lesson.demos, &Demo::has_tasks);
}

aio::Coro<int> demo(Desk desk, DemoOptions options) {
  const Lesson& lesson = desk.course.lesson(options.lesson);
  const Demo& shown = demo_of(desk, lesson, options);
  if (!options.spoil) refuse_to_spoil(desk, lesson, shown, options.watching);
  if (options.mine) tell_whose(desk.terminal, collect_mine(desk.course));
  const std::string_view kind = options.mine ? ".mine" : options.timeline ? ".timeline" : "";
  const int status = co_await build_and_run(
      desk.terminal, fmt::format("{}-{}{}", lesson.number, shown.program, kind), {});
  desk.terminal.line();
  desk.terminal.say(shown.shows);
  if (options.program.empty()) tell_other_demos(desk.terminal, lesson, shown, options.watching);
  co_return status;
}

aio::Coro<int> try_out(Desk desk, std::string id) {
  const Lesson& lesson = desk.course.lesson(id);
  const fs::path file = fs::path("exercises") / lesson.slug / "try.cpp";
  if (!fs::exists(file)) {
    write_file(file, read_file(fs::path("lessons") / lesson.slug / "try.cpp"));
    desk.terminal.say(fmt::format(
        "{} is yours: change it as you like, and run it with ./learn try {}. Delete it to begin "
        "anew.",
        file.string(), lesson.number));
  }
  tell_whose(desk.terminal, collect_mine(desk.course));
  co_return co_await build_and_run(desk.terminal, lesson.number + "-try.mine", file);
}

}  // namespace coach
