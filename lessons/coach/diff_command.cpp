// ./learn diff: what a lesson adds to the runtime.

#include <algorithm>

#include <fmt/format.h>

#include "additions.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "run_command.hpp"
#include "tags.hpp"
#include "text.hpp"

namespace coach {

namespace {

std::string role_of(const Addition& addition) {
  if (!addition.exercised) return "given";
  std::string role = "you write";
  for (const Item& step : addition.steps) role += " " + step.id;
  return role;
}

void show_overview(const Terminal& terminal, const Lesson& lesson, const Additions& all) {
  terminal.line(
      terminal.styled(Style::bold, fmt::format("Lesson {} adds to the runtime:", lesson.number)));
  terminal.line();
  std::size_t lines = 0, widest = 0;
  const auto name_of = [](const Addition& one) {
    return one.header.lexically_relative("runtime").string();
  };
  for (const Addition& one : all.added) widest = std::max(widest, columns(name_of(one)));
  for (const Addition& one : all.added) {
    lines += one.lines;
    terminal.line(fmt::format("  + {} {:>5} lines  {}", padded(name_of(one), widest), one.lines,
                              role_of(one)));
  }
  terminal.line();
  if (!all.stands_on.empty()) {
    terminal.say(fmt::format("It stands on {}, which stay as they are.", in_words(all.stands_on)));
  }
  terminal.say(fmt::format("The runtime had {} lines of code in {} headers; now it has {} in {}.",
                           all.lines - lines, all.headers - all.added.size(), all.lines,
                           all.headers));
}

/// The functions of a step, as lines that are added.
void show_step(const Terminal& terminal, const Addition& addition, const Item& step) {
  terminal.line();
  terminal.hang(fmt::format("{} {}", step.id, step.title), Style::bold);
  terminal.line(fmt::format("    {}", addition.header.string()));
  for (const std::string& line : split_lines(functions_of(read_file(addition.header), step.id))) {
    terminal.line(terminal.styled(Style::good, line.empty() ? "+" : "+ " + line));
  }
}

/// In the order of the lesson; a step may write in several headers.
void show_steps(const Desk& desk, const Lesson& lesson, const Additions& all, bool spoil) {
  std::vector<std::string> kept_back;
  for (const Item& step : lesson.steps()) {
    if (!spoil && !desk.progress.of(step.id).passed) {
      kept_back.push_back(step.id);
      continue;
    }
    for (const Addition& addition : all.added) {
      const bool here =
          std::ranges::find(addition.steps, step.id, &Item::id) != addition.steps.end();
      if (here) show_step(desk.terminal, addition, step);
    }
  }
  if (kept_back.empty()) return;
  desk.terminal.line();
  desk.terminal.say(fmt::format("What you write in {} is shown when {}, or with --spoil.",
                                in_words(kept_back),
                                kept_back.size() == 1 ? "it passes" : "they pass"));
}

/// Pages what is long; without a terminal, or a pager, it is simply printed.
aio::Coro<> page(const Terminal& terminal, std::string text) {
  if (!terminal.plain()) {
    const fs::path file = ".learn/page.txt";
    write_file(file, text);
    Command command;
    command.argv = {"less", "-FRX", file.string()};
    command.shares_terminal = true;
    const Outcome outcome = co_await run_command(std::move(command));
    if (outcome.status != 127) co_return;
  }
  for (const std::string& line : split_lines(text)) terminal.line(line);
}

}  // namespace

aio::Coro<int> diff(Desk desk, std::string id, bool spoil) {
  const Lesson& lesson = desk.course.lesson(id);
  if (lesson.layers.empty()) {
    desk.terminal.say(
        fmt::format("Lesson {} adds nothing to the runtime: it uses it.", lesson.number));
    co_return 0;
  }
  const Additions all = additions_of(desk.course, lesson);
  std::string text;
  const Terminal writer = desk.terminal.writing_to(text);
  show_overview(writer, lesson, all);
  show_steps({writer, desk.course, desk.progress}, lesson, all, spoil);
  co_await page(desk.terminal, std::move(text));
  co_return 0;
}

}  // namespace coach
