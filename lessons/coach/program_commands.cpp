// ./learn demo and try: programs that run, also on what the learner has written.

#include <algorithm>
#include <iterator>
#include <set>

#include <fmt/format.h>

#include "build.hpp"
#include "checks.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "mistake.hpp"
#include "recording.hpp"
#include "run_command.hpp"
#include "text.hpp"

namespace coach {

namespace {

/// The prediction whose answers a program prints, while it is open; or null.
const Item* spoiled_by(const Desk& desk, const Lesson& lesson, const Demo& demo) {
  const Item* prediction = lesson.prediction_of(demo.program);
  return prediction != nullptr && !desk.progress.of(prediction->id).passed ? prediction : nullptr;
}

/// What stands between `before` and `after` in a line that begins so, or nothing.
std::string between(std::string_view line, std::string_view before, char after) {
  if (!line.starts_with(before)) return "";
  return std::string(line.substr(before.size(), line.find(after, before.size()) - before.size()));
}

/// Adds the runtime's headers that a file includes, and what those include. A header in quotes lies
/// beside the file.
void add_headers(const fs::path& file, std::set<std::string>& headers) {
  for (const std::string& line : split_lines(read_if_there(file).value_or(""))) {
    const std::string beside = between(line, "#include \"", '"');
    const std::string header = between(line, "#include <", '>');
    if (!beside.empty()) add_headers(file.parent_path() / beside, headers);
    if (header.ends_with(".hpp") && headers.insert(header).second) {
      add_headers(fs::path("runtime") / header, headers);
    }
  }
}

/// "timers.hpp", "http/connection.hpp": the layers that a program is built on.
std::set<std::string> layers_below(const Desk& desk, const Lesson& lesson, const Demo& demo) {
  std::set<std::string> headers, layers;
  add_headers(fs::path("lessons") / lesson.slug / (demo.program + ".cpp"), headers);
  for (const Lesson& each : desk.course.lessons()) {
    for (const fs::path& header : each.headers()) {
      if (headers.contains(header.string())) layers.insert(short_name(header));
    }
  }
  return layers;
}

/// The first that fits the options, and spoils nothing if there is such a one. Throws Mistake.
const Demo& first_demo(const Desk& desk, const Lesson& lesson, const DemoOptions& options) {
  const Demo* first = nullptr;
  for (const Demo& demo : lesson.demos) {
    if (options.timeline && !demo.has_tasks) continue;
    if (options.mine && layers_below(desk, lesson, demo).empty()) continue;
    if (!spoiled_by(desk, lesson, demo)) return demo;
    if (first == nullptr) first = &demo;
  }
  if (first != nullptr) return *first;
  throw Mistake(fmt::format("No program of lesson {} {}.", lesson.number,
                            options.mine ? "uses a layer" : "has tasks to tell of"));
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

/// Those of the learner's layers that a program is built on. Throws Mistake if it is built on none.
std::vector<std::string> mine_below(const Desk& desk, const Lesson& lesson, const Demo& demo) {
  const std::set<std::string> below = layers_below(desk, lesson, demo);
  if (below.empty()) {
    throw Mistake(fmt::format(
        "{} uses no layer, so there is nothing of yours to run it on. Leave out --mine.",
        demo.program));
  }
  std::vector<std::string> mine = collect_mine(desk.course);
  std::erase_if(mine, [&](const std::string& name) { return !below.contains(name); });
  return mine;
}

/// Builds a program and runs it on this terminal, as a demo is asked for; returns its exit status.
aio::Coro<int> build_and_run(const Terminal& terminal, std::string target, fs::path learners_file,
                             DemoOptions options) {
  BuildTree tree(terminal, learners_preset());
  if (const auto error = co_await tree.build(target, learners_file)) {
    throw Mistake(error->meaning.empty() ? error->text
                                         : fmt::format("{}\n{}", error->text, error->meaning));
  }
  Command command;
  command.argv = {tree.program(target).string()};
  std::ranges::copy(options.arguments, std::back_inserter(command.argv));
  command.inherit_output = true;
  if (!options.trace.empty()) command.environment.emplace_back("LOOPWRIGHT_TRACE", options.trace);
  if (options.debug) command.environment.emplace_back("LOOPWRIGHT_DEBUG", "1");
  const Outcome outcome = co_await run_command(std::move(command));
  if (outcome.signal != 0) terminal.say(fmt::format("It was ended by signal {}.", outcome.signal));
  co_return outcome.status;
}

}  // namespace

void tell_whose(const Terminal& terminal, const std::vector<std::string>& mine) {
  terminal.say(
      mine.empty()
          ? "This runs on the reference: none of your layers that it uses is whole yet."
          : fmt::format("This runs on your {}; the rest is the reference.", in_words(mine)));
  terminal.line();
}

bool has_timeline(const Lesson& lesson) {
  return std::ranges::any_of(lesson.demos, &Demo::has_tasks);
}

aio::Coro<int> demo(Desk desk, DemoOptions options) {
  const Lesson& lesson = desk.course.lesson(options.lesson);
  const Demo& shown = demo_of(desk, lesson, options);
  if (!options.spoil) refuse_to_spoil(desk, lesson, shown, options.watching);
  if (options.mine) tell_whose(desk.terminal, mine_below(desk, lesson, shown));
  if (!options.record.empty()) {
    const Recorded wanted = recorded_demo(lesson.number, shown.program, options.mine);
    co_await record(desk.terminal, wanted, true);
    desk.terminal.line();
    write_recording(desk.terminal, wanted, options.record);
    co_return 0;
  }
  const std::string_view kind = options.mine ? ".mine" : options.timeline ? ".timeline" : "";
  const int status = co_await build_and_run(
      desk.terminal, fmt::format("{}-{}{}", lesson.number, shown.program, kind), {}, options);
  desk.terminal.line();
  desk.terminal.say(shown.shows);
  if (options.program.empty()) tell_other_demos(desk.terminal, lesson, shown, options.watching);
  co_return status;
}

aio::Coro<int> try_out(Desk desk, std::string id, DemoOptions options) {
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
  if (!options.record.empty()) {
    Recorded wanted = recorded_demo(lesson.number, "try", true);
    wanted.learners_file = file;
    co_await record(desk.terminal, wanted, true);
    write_recording(desk.terminal, wanted, options.record);
    co_return 0;
  }
  co_return co_await build_and_run(desk.terminal, lesson.number + "-try.mine", file, options);
}

}  // namespace coach
