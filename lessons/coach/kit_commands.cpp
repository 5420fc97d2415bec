// ./learn compare, starters and test: what measures and checks the kit.

#include <algorithm>
#include <iterator>
#include <thread>

#include <unistd.h>

#include <fmt/format.h>

#include "build.hpp"
#include "checks.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "mistake.hpp"
#include "run_command.hpp"
#include "starters.hpp"
#include "text.hpp"

namespace coach {

namespace {

/// Writes what is missing; files that differ only with --force, and keeps them.
void write_starter(const Terminal& terminal, const Starter& starter, bool force) {
  const auto before = read_if_there(starter.path);
  if (before && *before == starter.text) return;
  if (before && !force) {
    return terminal.say(
        fmt::format("{} differs and stays as it is; --force replaces it.", starter.path.string()));
  }
  if (before) keep_as_backup(starter.path);
  write_file(starter.path, starter.text);
  terminal.line(fmt::format("{} written", starter.path.string()));
}

int check_starters(const Terminal& terminal, const std::vector<Starter>& all) {
  int different = 0;
  for (const Starter& starter : all) {
    if (read_if_there(starter.path) == starter.text) continue;
    ++different;
    terminal.line(fmt::format("{} differs from its starter", starter.path.string()));
  }
  return different == 0 ? 0 : 1;
}

/// ctest's output as it comes: a line that is rewritten, or plain lines; failures in full.
class TestLines {
 public:
  explicit TestLines(const Terminal& terminal) : terminal_(terminal) {}

  void take(std::string_view line) {
    if (line.find("% tests passed") != std::string_view::npos) {
      closing_ = line;
      return;
    }
    const bool about_a_test =
        line.find(" Test ") != std::string_view::npos && line.find('/') < line.find('#');
    const bool starting =
        line.find("    Start ") == 0 || line.find("  Start ") != std::string_view::npos;
    if (about_a_test && line.find("Passed") != std::string_view::npos) {
      if (terminal_.plain()) return terminal_.line(line);
      return terminal_.progress(line);
    }
    if (!starting && !line.empty() && closing_.empty()) terminal_.line(line);
    if (!closing_.empty() && !line.empty()) after_.emplace_back(line);
  }

  /// What failed, and ctest's closing line last.
  void finish() const {
    terminal_.end_progress();
    for (const std::string& line : after_) terminal_.line(line);
    terminal_.line(closing_.empty() ? "ctest ended without a result" : closing_);
  }

 private:
  const Terminal& terminal_;
  std::string closing_;
  std::vector<std::string> after_;
};

}  // namespace

namespace {

/// Returns only where there is no such program.
void become(std::vector<std::string> command) {
  std::vector<char*> argv;
  for (std::string& word : command) argv.push_back(word.data());
  argv.push_back(nullptr);
  ::execvp(argv[0], argv.data());
}

}  // namespace

int open_book(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "build/dev/bin/book");
  become(std::move(arguments));
  throw Mistake("The book has not been built: ./learn book builds it.");
}

int compare(const Desk& desk, std::vector<std::string> arguments) {
  const auto mine = [](const std::string& word) { return word.ends_with("mine"); };
  if (std::ranges::any_of(arguments, mine)) collect_mine(desk.course);
  if (desk.terminal.plain()) arguments.emplace_back("--plain");
  std::vector<std::string> command{"python3", "bench/peers/compare"};
  std::ranges::move(arguments, std::back_inserter(command));
  become(std::move(command));
  throw Mistake("this needs python3: apt-get install python3");
}

int starters(const Desk& desk, const StarterOptions& options) {
  if (!options.upto.empty()) {
    const Place place = desk.course.find(options.upto);
    if (options.out.empty()) throw WrongUsage("--upto needs --out DIR");
    if (options.upto.find('.') == std::string::npos) {
      throw WrongUsage("--upto needs the number of a step, as in 4.2");
    }
    for (const Starter& starter : starters_of(*place.lesson, options.upto)) {
      write_file(options.out / starter.path.lexically_relative("exercises"), starter.text);
    }
    return 0;
  }
  const std::vector<Starter> all = all_starters(desk.course);
  if (!options.out.empty()) {
    for (const Starter& starter : all) {
      write_file(options.out / starter.path.lexically_relative("exercises"), starter.text);
    }
    return 0;
  }
  if (options.check) return check_starters(desk.terminal, all);
  if (!options.write) throw WrongUsage("say --check, --write or --out DIR");
  for (const Starter& starter : all) write_starter(desk.terminal, starter, options.force);
  return 0;
}

aio::Coro<int> test_kit(Desk desk, std::string id) {
  const std::string number = id.empty() ? "" : desk.course.lesson(id).number;
  BuildTree tree(desk.terminal, "dev");
  desk.terminal.line("Building everything that is tested; the first time this takes minutes.");
  const std::string target = number.empty() ? "kit" : "kit." + number;
  if (const auto error = co_await tree.build(target, {})) {
    desk.terminal.line(error->text);
    throw Mistake(
        fmt::format("the kit does not build; all that was said: {}", error->log.string()));
  }
  TestLines lines(desk.terminal);
  Command command;
  // One more than there are cores, since the coach's tests wait most of the time.
  command.argv = {"ctest", "--preset", "dev", "-j",
                  std::to_string(std::thread::hardware_concurrency() + 1)};
  if (!number.empty()) {  // all that these tests need is built
    const std::string only[] = {"-L", fmt::format("^lesson-{}$", number), "-FA", "^built$"};
    std::ranges::copy(only, std::back_inserter(command.argv));
  }
  command.on_line = [&lines](std::string_view line) { lines.take(line); };
  const Outcome outcome = co_await run_command(std::move(command));
  lines.finish();
  co_return outcome.status == 0 ? 0 : 1;
}

}  // namespace coach
