// The program behind ./learn: reads the command line, runs the command, chooses the exit status.

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "commands.hpp"
#include "mistake.hpp"
#include "reshaping.hpp"
#include "run_command.hpp"
#include "text.hpp"
#include "updates.hpp"
#include "watch.hpp"

namespace coach {
namespace {

/// The command line, as CLI11 fills it in.
struct Arguments {
  bool plain = false;
  CheckOptions check;
  std::string check_id;
  BenchOptions bench;
  StarterOptions starters;
  DemoOptions demo;
  MergeOptions merge;
  std::string file;
  bool force = false, replace = false;
  std::string id;
  bool json = false, all = false, spoil = false;
  int process = 0;
};

void declare(CLI::App& app, Arguments& given) {
  app.require_subcommand(0, 1);
  app.fallthrough();
  app.add_flag("--plain", given.plain,
               "No colour, no cursor movement: linear text, also while watching");
  app.footer(
      "Without a command, on a terminal: watch mode. It checks the current exercise at every "
      "save;\n"
      "? lists its keys. Elsewhere: checks the current exercise once.\n"
      "IDs: 04 a lesson, 4.2 a step, fix-4b (or 4b) an exercise, or the path of its "
      "file.");

  auto* check =
      app.add_subcommand("check", "Build and test an exercise; without ID the current one");
  check->add_option("ID", given.check_id);
  check->add_option("--variant", given.check.variant, "exercise, mine, solution or runtime")
      ->check(CLI::IsMember({"exercise", "mine", "solution", "runtime"}));
  check->add_flag("--json", given.check.json, "For machines");

  auto* status = app.add_subcommand("status", "The course, and how far you are");
  status->add_flag("--json", given.json, "For machines");

  auto* hint = app.add_subcommand("hint", "The next of three hints");
  hint->add_option("ID", given.id)->required();
  hint->add_flag("--all", given.all, "All three");

  auto* solution = app.add_subcommand("solution", "The answer and why, after a pass");
  solution->add_option("ID", given.id)->required();
  solution->add_flag("--spoil", given.spoil, "Before a pass, too");

  app.add_subcommand("reset", "Bring a starter back; your file is kept as .bak")
      ->add_option("ID", given.id)
      ->required();

  auto* merge = app.add_subcommand("merge", "When the kit changed a file that you have edited");
  merge->add_option("ID", given.merge.id);
  auto* write =
      merge->add_flag("--write", given.merge.write, "Write the merged file; .bak is kept");
  merge->add_flag("--keep", given.merge.keep, "Stay with your file as it is")->excludes(write);

  auto* out = app.add_subcommand("export", "Write your progress to a file");
  out->add_option("FILE", given.file, "- is the standard output")->required();
  out->add_flag("--force", given.force, "Replace the file if it exists");
  auto* in = app.add_subcommand("import", "Take in progress from a file");
  in->add_option("FILE", given.file, "- is the standard input")->required();
  in->add_flag("--replace", given.replace, "Forget what is here now");

  const std::string record = "Write a page, or --record=FILE, on which to step through the run";
  auto* demo = app.add_subcommand("demo", "Run a program of a lesson");
  demo->add_option("LESSON", given.demo.lesson)->required();
  demo->add_option("PROGRAM", given.demo.program);
  demo->add_option("ARGUMENTS", given.demo.arguments, "What the program is given, e.g. a port");
  auto* timeline =
      demo->add_flag("--timeline", given.demo.timeline, "Also tell what each task did when");
  demo->add_flag("--mine", given.demo.mine, "On the layers that you have written")
      ->excludes(timeline);
  demo->add_option("--trace", given.demo.trace,
                   "Write what its loops did to FILE: for Perfetto, or JSON lines for .jsonl");
  demo->add_flag("--record{.learn/recordings}", given.demo.record, record);
  demo->add_flag("--debug", given.demo.debug, "In debug mode: tell what blocks or is forgotten");
  demo->add_flag("--spoil", given.demo.spoil, "Although its output is still to be predicted");

  auto* own = app.add_subcommand("try", "Build and run a program of your own, on your layers");
  own->add_option("LESSON", given.id)->required();
  own->add_flag("--record{.learn/recordings}", given.demo.record, record);

  app.add_subcommand("ps", "The tasks of a program that runs, and what they wait for")
      ->add_option("PID", given.process, "Its number, as `pidof 16-kitchen` prints it");
  app.add_subcommand("pstree", "The same, as a tree of who waits for whom")
      ->add_option("PID", given.process, "Its number, as `pidof 16-kitchen` prints it");

  auto* diff = app.add_subcommand("diff", "What a lesson adds to the runtime");
  diff->add_option("LESSON", given.id)->required();
  diff->add_flag("--spoil", given.spoil, "Also what has not passed yet");

  app.add_subcommand("glossary", "What a term means; without TERM all terms")
      ->add_option("TERM", given.id);

  auto* bench = app.add_subcommand("bench", "Compare sync, threads and async");
  bench
      ->add_option("LESSON", given.bench.subject,
                   "or stages: from a busy loop to streams, the cost of each stage of the course; "
                   "or kit: how long you wait for a verdict")
      ->required();
  bench->add_option("--variant", given.bench.variant, "mine: your layers beside the reference")
      ->check(CLI::IsMember({"runtime", "mine"}));
  bench->add_flag("--page", given.bench.page, "Also write a page with charts");
  bench->add_option("--json", given.bench.json, "Also write the measurements to this file");

  app.add_subcommand("compare", "Compare the runtime with raw epoll, libuv, Asio, tokio and others")
      ->fallthrough(false)
      ->prefix_command()  // its own program reads the rest; --help there says more
      ->set_help_flag();

  app.add_subcommand("book", "The course as pages in your browser; --export DIR writes a copy")
      ->fallthrough(false)
      ->prefix_command()
      ->set_help_flag();

  auto* test = app.add_subcommand("test", "The kit's own tests");
  test->add_option("LESSON", given.id, "Only what belongs to this lesson");

  auto* starters = app.add_subcommand("starters", "For authors: generate the learner's files");
  starters->add_flag("--check", given.starters.check, "List those that differ");
  starters->add_flag("--write", given.starters.write, "Write those that are missing");
  starters->add_flag("--force", given.starters.force, "With --write: replace those that differ");
  starters->add_option("--out", given.starters.out, "Write all of them to this folder");
  starters->add_option("--upto", given.starters.upto, "With --out: steps written up to this one");
}

int dispatch(const CLI::App& app, Arguments& given) {
  Terminal terminal(given.plain);
  const Course course = Course::read();
  Progress progress(terminal, course.keys());
  const Desk desk{terminal, course, progress};
  if (!given.check_id.empty()) given.check.id = given.check_id;
  if (app.got_subcommand("starters")) return starters(desk, given.starters);
  if (app.got_subcommand("compare"))
    return compare(desk, app.get_subcommand("compare")->remaining());
  if (app.got_subcommand("book")) return open_book(app.get_subcommand("book")->remaining());
  if (app.got_subcommand("test")) return run_interruptible(test_kit(desk, given.id));
  if (app.got_subcommand("ps")) return list_tasks(desk, given.process, false);
  if (app.got_subcommand("pstree")) return list_tasks(desk, given.process, true);
  for (const fs::path& file : keep_bases(course)) {
    fmt::print(stderr, "{} is the newer starter now; you had not edited it.\n", file.string());
  }
  for (const fs::path& file : remove_unedited_headers(course)) {
    fmt::print(stderr, "{} is no part of its lesson any more; you had not edited it.\n",
               file.string());
  }
  if (app.got_subcommand("status")) return status(desk, given.json);
  if (app.got_subcommand("hint")) return hint(desk, given.id, given.all);
  if (app.got_subcommand("solution")) return solution(desk, given.id, given.spoil);
  if (app.got_subcommand("reset")) return reset(desk, given.id);
  if (app.got_subcommand("export")) return export_progress(desk, given.file, given.force);
  if (app.got_subcommand("import")) return import_progress(desk, given.file, given.replace);
  if (app.got_subcommand("merge")) return run_interruptible(merge(desk, given.merge));
  if (app.got_subcommand("try")) return run_interruptible(try_out(desk, given.id, given.demo));
  if (app.got_subcommand("diff")) return run_interruptible(diff(desk, given.id, given.spoil));
  if (app.got_subcommand("glossary")) return glossary(desk, given.id);
  if (app.got_subcommand("demo")) return run_interruptible(demo(desk, given.demo));
  if (app.got_subcommand("bench")) return run_interruptible(bench(desk, given.bench));
  const bool by_hand = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  if (app.get_subcommands().empty() && by_hand) return watch(terminal, desk);
  const int status = run_interruptible(check(desk, given.check));
  return app.got_subcommand("check") ? status : 0;  // without a terminal it only looks
}

void complain(std::string_view text) {
  const std::size_t width = Terminal(true).width();
  for (const std::string& line : split_lines(text)) {
    if (columns(line) <= width) {
      fmt::print(stderr, "{}\n", line);  // as it is: it may be code
    } else {
      fmt::print(stderr, "{}\n", fmt::join(wrap(line, width), "\n"));
    }
  }
}

/// "help check" is "check --help". In the order that CLI11 wants: the last word first.
std::vector<std::string> words_of(int argc, char** argv) {
  std::vector<std::string> words(argv + 1, argv + argc);
  if (!words.empty() && words.front() == "help") {
    words.erase(words.begin());
    words.emplace_back("--help");
  }
  std::ranges::reverse(words);
  return words;
}

int run(int argc, char** argv) {
  CLI::App app("Loopwright: build asyncio from scratch, in C++.", "./learn");
  Arguments given;
  declare(app, given);
  try {
    app.parse(words_of(argc, argv));
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  try {
    return dispatch(app, given);
  } catch (const WrongUsage& mistake) {
    complain(mistake.what());
    return 2;
  } catch (const Interrupted& interrupted) {
    fmt::print(stderr, "\nStopped; nothing is lost.\n");
    return 128 + interrupted.signal;
  } catch (const std::exception& error) {
    complain(error.what());
    return 1;
  }
}

}  // namespace
}  // namespace coach

int main(int argc, char** argv) { return coach::run(argc, argv); }
