// ./learn bench: a lesson's comparison, that of the stages, and how long a verdict takes.

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bench_page.hpp"
#include "bench_table.hpp"
#include "build.hpp"
#include "checks.hpp"
#include "commands.hpp"
#include "files.hpp"
#include "mistake.hpp"
#include "run_command.hpp"

namespace coach {

namespace {

/// A benchmark, and what is said about it.
struct Subject {
  std::string target, title;
  std::vector<Version> versions;
};

Subject the_stages() {
  return {"stages-bench",
          "Stages: N connections, and every millisecond a request from another one",
          {{"busy-wait", "asks every socket, all the time"},
           {"poll", "asks the kernel about all sockets, and sleeps until one is ready"},
           {"epoll", "lesson 02: the kernel remembers the sockets, and names the ready ones"},
           {"loop", "lesson 04: a callback for each socket"},
           {"tasks", "lesson 07: a task for each socket, which awaits a future"},
           {"streams", "lesson 12: a stream and a task for each connection"}}};
}

Subject subject_of(const Desk& desk, const std::string& name) {
  if (name == "stages") return the_stages();
  const Lesson& lesson = desk.course.lesson(name);
  return {lesson.number + "-bench", fmt::format("Lesson {}: {}", lesson.number, lesson.title),
          lesson.versions};
}

/// Does a version stand on layers that learners write?
bool stands_on_layers(const Measurement& one) {
  static constexpr std::array names{"async", "epoll", "loop", "tasks", "streams"};
  return std::ranges::any_of(names,
                             [&](const char* name) { return one.version.starts_with(name); });
}

/// Builds a benchmark, optimised, runs it, and returns its JSON.
aio::Coro<std::string> measure(const Desk& desk, std::string target) {
  BuildTree tree(desk.terminal, "release");
  if (const auto error = co_await tree.build(target, {})) throw Mistake(error->text);
  const fs::path json = tree.program(target).string() + ".json";
  const auto show = [&](std::string_view line) {
    if (line.starts_with("BM_")) desk.terminal.progress(fmt::format("Measuring {}", line));
  };
  desk.terminal.progress(fmt::format("Measuring {}", target));
  Command command;
  command.argv = {tree.program(target).string(), "--benchmark_out=" + json.string(),
                  "--benchmark_out_format=json", "--benchmark_color=false"};
  command.on_line = show;
  const Outcome outcome = co_await run_command(std::move(command));
  desk.terminal.end_progress();
  if (outcome.status != 0) throw Mistake(fmt::format("the benchmark failed:\n{}", outcome.output));
  co_return read_file(json);
}

/// How long a learner waits from a save to the verdict.
aio::Coro<int> measure_the_wait() {
  Command command;
  command.argv = {"python3", "bench/kit/save_to_verdict.py"};
  command.inherit_output = true;
  const Outcome outcome = co_await run_command(std::move(command));
  if (outcome.status == 127) throw Mistake("this needs python3: apt-get install python3");
  co_return outcome.status;
}

/// The same on the layers that are collected, as far as it stands on that.
aio::Coro<std::vector<Measurement>> measure_mine(const Desk& desk, std::string target) {
  const std::string json = co_await measure(desk, std::move(target));
  std::vector<Measurement> all = read_measurements(json, " (yours)");
  std::erase_if(all, [](const Measurement& one) { return !stands_on_layers(one); });
  co_return all;
}

void show(const Terminal& terminal, const Subject& subject,
          const std::vector<Measurement>& measurements) {
  terminal.line(terminal.styled(Style::bold, subject.title));
  for (const std::string& line : table_of(measurements, terminal.width(), terminal.plain())) {
    terminal.line(line);
  }
  for (const Version& version : subject.versions) {
    terminal.hang(fmt::format("{}: {}", version.name, version.means));
  }
}

void show_page(const Terminal& terminal, const Subject& subject, const std::string& name) {
  const fs::path page = kept_run(name).replace_extension(".html");
  write_file(page, page_of_bench(subject.title, name));
  terminal.say(fmt::format("Open this in a browser, for charts: {}", page.string()));
}

}  // namespace

aio::Coro<int> bench(Desk desk, BenchOptions options) {
  if (options.subject == "kit") co_return co_await measure_the_wait();
  const Subject subject = subject_of(desk, options.subject);
  if (options.variant == "mine") tell_whose(desk.terminal, collect_mine(desk.course));
  const std::string reference = co_await measure(desk, subject.target);
  std::vector<Measurement> all = read_measurements(reference, "");
  if (options.variant == "mine") {
    const std::vector<Measurement> mine = co_await measure_mine(desk, subject.target + ".mine");
    all.insert(all.end(), mine.begin(), mine.end());
  }
  if (!options.json.empty()) write_file(options.json, reference);
  write_file(kept_run(options.subject), to_json({{"Your run", machine_of(reference), all}}));
  show(desk.terminal, subject, all);
  desk.terminal.line(desk.terminal.styled(Style::dim, machine_of(reference)));
  if (options.page) show_page(desk.terminal, subject, options.subject);
  co_return 0;
}

}  // namespace coach
