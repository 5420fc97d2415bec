// ./learn export, import and merge: what survives another machine, and another version of the kit.

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <iterator>

#include <fmt/format.h>

#include "commands.hpp"
#include "files.hpp"
#include "mistake.hpp"
#include "reshaping.hpp"
#include "run_command.hpp"
#include "text.hpp"
#include "updates.hpp"

namespace coach {

namespace {

constexpr std::string_view conflict_begins = "<<<<<<< ";

std::string read_all(const std::string& file) {
  if (file != "-") return read_file(file);
  return std::string(std::istreambuf_iterator<char>(std::cin), {});
}

/// The new starter, as a file for diff and diff3.
fs::path as_file(const Update& update) {
  const fs::path fresh = fs::path(".learn/new") / update.file.lexically_relative("exercises");
  write_file(fresh, update.starter);
  return fresh;
}

/// diff and diff3 exit with 0 or 1 when they did their work.
aio::Coro<std::string> text_of(std::vector<std::string> argv) {
  Command command;
  const std::string name = argv.front();
  command.argv = std::move(argv);
  const Outcome outcome = co_await run_command(std::move(command));
  if (outcome.status > 1) {
    throw Mistake(fmt::format("{} failed: {}", name, trim(outcome.output)));
  }
  co_return outcome.output;
}

aio::Coro<std::string> changes_of(const Update& update) {
  const std::string fresh = as_file(update);
  const std::vector<std::string> argv{"diff",
                                      "-u",
                                      "--label",
                                      "the starter you got",
                                      "--label",
                                      "the starter now",
                                      update.base.string(),
                                      fresh};
  co_return co_await text_of(argv);
}

/// The learner's file with the kit's changes; both versions, marked, where they contradict.
aio::Coro<std::string> merged(const Update& update) {
  const auto by_functions =
      merged_by_functions(update.starter, read_file(update.base), read_file(update.file));
  if (by_functions) co_return *by_functions;
  const std::string fresh = as_file(update);
  const std::vector<std::string> argv{
      "diff3",           "-m",        "-E",        "-L", "yours", "-L", "the starter you got", "-L",
      "the starter now", update.file, update.base, fresh};
  co_return co_await text_of(argv);
}

std::size_t conflicts_in(std::string_view text) {
  std::size_t conflicts = 0;
  for (const std::string& line : split_lines(text)) {
    conflicts += line.starts_with(conflict_begins) ? 1 : 0;
  }
  return conflicts;
}

std::string places(std::size_t count) {
  return count == 1 ? "one place" : fmt::format("{} places", count);
}

/// Says what changed and what a merge would do; changes nothing.
aio::Coro<> propose(const Terminal& terminal, const Update& update, const std::string& id) {
  terminal.say(
      fmt::format("The starter of {} has changed since you got it. Your file is as you "
                  "left it. What the kit changed:",
                  update.file.string()));
  terminal.line();
  for (const std::string& line : split_lines(co_await changes_of(update))) {
    terminal.line("    " + line);
  }
  terminal.line();
  const std::size_t conflicts = conflicts_in(co_await merged(update));
  terminal.say(conflicts == 0 ? "These changes fit into your file without a conflict."
                              : fmt::format("In {} you changed the same lines; both versions would "
                                            "stand there, marked by <<<<<<< and >>>>>>>.",
                                            places(conflicts)));
  terminal.line(fmt::format("    Put them in:        ./learn merge {} --write", id));
  terminal.line(fmt::format("    Stay as it is:      ./learn merge {} --keep", id));
}

aio::Coro<> write_merged(const Terminal& terminal, const Update& update) {
  const std::string text = co_await merged(update);
  const fs::path kept = keep_as_backup(update.file);
  write_file(update.file, text);
  set_base(update.file, update.starter);
  terminal.say(fmt::format("{} now has the kit's changes. Your version is kept as {}.",
                           update.file.string(), kept.string()));
  const std::size_t conflicts = conflicts_in(text);
  if (conflicts == 0) co_return;
  terminal.say(fmt::format(
      "In {} you decide: look for <<<<<<< in the file, keep what is right, and remove the markers.",
      places(conflicts)));
}

/// The lessons that an ID is about: one, or all.
std::vector<const Lesson*> lessons_at(const Course& course, const std::string& id) {
  if (!id.empty()) return {course.find(id).lesson};
  std::vector<const Lesson*> lessons;
  for (const Lesson& lesson : course.lessons()) lessons.push_back(&lesson);
  return lessons;
}

/// Whether an ID is about this file of its lesson. A step may be in several headers.
bool is_about(const Course& course, const std::string& id, const fs::path& file) {
  if (id.empty()) return true;
  const Place place = course.find(id);
  if (place.item == nullptr) return true;
  if (place.item->kind == Item::Kind::step) return file.extension() == ".hpp";
  return file == place.lesson->file_of(*place.item);
}

/// The updates that an ID is about.
std::vector<Update> updates_at(const Course& course, const std::string& id) {
  std::vector<Update> updates;
  for (const Lesson* lesson : lessons_at(course, id)) {
    std::ranges::move(updates_of(*lesson), std::back_inserter(updates));
  }
  std::erase_if(updates, [&](const Update& update) { return !is_about(course, id, update.file); });
  return updates;
}

/// The files that an ID is about, and of which nobody knows with which starter they began.
std::vector<fs::path> unknown_at(const Course& course, const std::string& id) {
  std::vector<fs::path> unknown;
  for (const Lesson* lesson : lessons_at(course, id)) {
    std::ranges::move(guessed_bases(*lesson), std::back_inserter(unknown));
  }
  std::erase_if(unknown, [&](const fs::path& file) { return !is_about(course, id, file); });
  return unknown;
}

void say_nothing_to_merge(const Terminal& terminal, const std::vector<fs::path>& unknown) {
  if (unknown.empty()) {
    return terminal.say("The kit has not changed anything that you have edited.");
  }
  for (const fs::path& file : unknown) {
    terminal.say(fmt::format(
        "With which starter you began {} is not known: .learn/base had no copy of it, and you "
        "had edited the file already. So nobody can tell what the kit had changed by "
        "then. What it changes from now on will be told.",
        file.string()));
    terminal.line(fmt::format("    Compare:            diff -u {} {}", base_path(file).string(),
                              file.string()));
  }
}

/// The shortest ID that names a file.
std::string id_of(const Course& course, const fs::path& file) {
  for (const Lesson& lesson : course.lessons()) {
    for (const Item& item : lesson.items) {
      if (lesson.file_of(item) == file) {
        return item.kind == Item::Kind::step ? lesson.number : item.id;
      }
    }
  }
  return {};
}

}  // namespace

int export_progress(const Desk& desk, const std::string& file, bool force) {
  if (file == "-") {
    std::fputs(desk.progress.exported().c_str(), stdout);
    return 0;
  }
  if (fs::exists(file) && !force) {
    throw Mistake(fmt::format("{} exists already; --force replaces it.", file));
  }
  write_file(file, desk.progress.exported());
  desk.terminal.say(
      fmt::format("Your progress is in {}. Take your folder exercises/ along too: it holds what "
                  "you wrote. Over there: ./learn import {}",
                  file, fs::path(file).filename().string()));
  return 0;
}

int import_progress(const Desk& desk, const std::string& file, bool replace) {
  const std::size_t changed = desk.progress.import(read_all(file), replace);
  desk.terminal.say(changed == 0 ? "There was nothing new in it."
                                 : fmt::format("Taken in: {} exercise{}. See: ./learn status",
                                               changed, changed == 1 ? "" : "s"));
  return 0;
}

namespace {

void propose(const Terminal& terminal, const Lesson& lesson, const Reshaping& reshaping) {
  terminal.say(in_words(texts_of(reshaping.old)) +
               " is of an older kit, in which the functions of "
               "this lesson stood in other files. What you wrote would move:");
  for (const std::string& move : reshaping.moved) terminal.hang("    " + move);
  if (reshaping.moved.empty()) terminal.line("    nothing; you had not written any of them");
  terminal.line(fmt::format("    Move it:            ./learn merge {} --write", lesson.number));
}

void carry_over(const Terminal& terminal, const Lesson& lesson, const Reshaping& reshaping) {
  reshape(lesson, reshaping);
  for (const std::string& move : reshaping.moved) terminal.hang(move);
  terminal.say(
      fmt::format("What you had is kept beside {}, as .bak.", in_words(texts_of(reshaping.old))));
  if (!reshaping.lost.empty()) {
    terminal.say(fmt::format("These have no place any more, and are only there: {}.",
                             in_words(reshaping.lost)));
  }
  if (reshaping.more) {
    terminal.say(
        "If you added anything besides them, such as functions, members or includes, it "
        "was not moved: copy it from there.");
  }
  if (!reshaping.moved.empty()) {
    terminal.say("What is given may have other names by now; the compiler says which:");
    terminal.line(fmt::format("    Check it:           ./learn check {}", lesson.number));
  }
}

/// Whether there was anything of an old shape.
bool merge_shapes(const Desk& desk, const MergeOptions& options) {
  bool any = false;
  for (const Lesson* lesson : lessons_at(desk.course, options.id)) {
    const auto reshaping = reshaping_of(*lesson);
    if (!reshaping) continue;
    if (std::exchange(any, true)) desk.terminal.line();
    if (options.keep) throw Mistake("A file of an older shape cannot stay: it hides the new ones.");
    if (options.write) {
      carry_over(desk.terminal, *lesson, *reshaping);
    } else {
      propose(desk.terminal, *lesson, *reshaping);
    }
  }
  return any;
}

}  // namespace

aio::Coro<int> merge(Desk desk, MergeOptions options) {
  const bool reshaped = merge_shapes(desk, options);
  std::vector<Update> updates = updates_at(desk.course, options.id);
  if (reshaped && !options.write) co_return 0;  // lines are merged in files of the new shape
  if (reshaped && updates.empty()) co_return 0;
  if (updates.empty()) {
    say_nothing_to_merge(desk.terminal, unknown_at(desk.course, options.id));
    co_return 0;
  }
  bool first = true;
  for (const Update& update : updates) {
    if (!std::exchange(first, false)) desk.terminal.line();
    if (options.keep) {
      set_base(update.file, update.starter);
      desk.terminal.say(fmt::format("{} stays as it is.", update.file.string()));
    } else if (options.write) {
      co_await write_merged(desk.terminal, update);
    } else {
      co_await propose(desk.terminal, update, id_of(desk.course, update.file));
    }
  }
  co_return 0;
}

void tell_updates(const Desk& desk, const Lesson& lesson) {
  if (const auto old = sentence_on_shape(lesson)) return desk.terminal.say(*old);
  for (const Update& update : updates_of(lesson)) {
    desk.terminal.say(
        fmt::format("The starter of {} has changed since you got it; your file has not been "
                    "touched. What changed:  ./learn merge {}",
                    update.file.string(), id_of(desk.course, update.file)));
  }
}

}  // namespace coach
