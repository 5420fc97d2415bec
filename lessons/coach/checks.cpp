#include "checks.hpp"

#include <algorithm>

#include <fmt/format.h>
#include <unistd.h>

#include "files.hpp"
#include "mistake.hpp"
#include "prediction.hpp"
#include "reshaping.hpp"
#include "run_command.hpp"
#include "starters.hpp"
#include "suspicions.hpp"
#include "text.hpp"
#include "turned.hpp"

namespace coach {

namespace {

constexpr std::chrono::seconds test_limit{60};
constexpr std::string_view compiled_mark = "compiled: ";

struct TestRun {
  std::vector<TestResult> results;
  std::vector<std::string> compiled;
};

/// This link is the program that was checked last: editors start it in the debugger.
void make_current(const fs::path& program) {
  std::error_code ignored;
  const fs::path link = "build/dev/bin/current";
  const fs::path target = program.lexically_relative(link.parent_path());
  if (fs::read_symlink(link, ignored) == target) return;
  fs::remove(link, ignored);
  fs::create_symlink(target, link, ignored);
}

aio::Coro<TestRun> run_tests(fs::path program, std::string filter) {
  make_current(program);
  const fs::path report = fmt::format("{}.{}.report", program.string(), ::getpid());
  Command command;
  command.argv = {program.string(), "--gtest_filter=" + filter, "--gtest_color=no"};
  command.environment = {{"LEARN_REPORT", report.string()}};
  command.limit = test_limit;
  const Outcome outcome = co_await run_command(std::move(command));
  TestRun run;
  run.results = read_report(report, outcome);
  for (const std::string& line : split_lines(outcome.output)) {
    if (line.starts_with(compiled_mark)) run.compiled.push_back(line.substr(compiled_mark.size()));
  }
  std::error_code ignored;
  fs::remove(report, ignored);
  co_return run;
}

aio::Coro<CheckResult> check_prediction(const Terminal& terminal, const Lesson& lesson, Item item) {
  BuildTree tree(terminal, "dev");
  const std::string target = fmt::format("{}-{}", lesson.number, item.program);
  CheckResult result;
  result.compile_error = co_await tree.build(target, {});
  if (result.compile_error) co_return result;
  Command command;
  command.argv = {tree.program(target).string()};
  command.limit = test_limit;
  const Outcome outcome = co_await run_command(std::move(command));
  if (outcome.status != 0) throw Mistake(fmt::format("{} failed:\n{}", target, outcome.output));
  const std::string sheet = read_file(lesson.file_of(item));
  result.verdicts = {judge(item, {judge_prediction(item, sheet, outcome.output)})};
  co_return result;
}

/// The tests of one step alone compile sooner than the lesson's.
std::string target_of(const Lesson& lesson, const Item* step, std::string_view variant) {
  const bool alone = step != nullptr && (variant == "exercise" || variant == "mine");
  if (!alone) return fmt::format("{}.{}", lesson.number, variant);
  return fmt::format("{}.{}.{}", lesson.number, step->id.substr(step->id.find('.') + 1), variant);
}

/// Exercises may be missing in a checkout that somebody tidied up.
void require_file(const fs::path& file, const Item& item) {
  if (!fs::exists(file)) {
    throw Mistake(
        fmt::format("{} is missing. Bring it back with: ./learn reset {}", file.string(), item.id));
  }
}

constexpr std::chrono::seconds turn_limit{10};  // a test that hangs has noticed something, too

/// Whether the learner's test fails when the layer takes a wrong turn: at the first expectation
/// that isn't met, since a test that goes on after it may wait for what never comes.
aio::Coro<bool> catches(fs::path program, std::string turn) {
  Command command;
  command.argv = {program.string(), "--gtest_brief=1", "--gtest_throw_on_failure"};
  command.environment = {{"LOOPWRIGHT_TURN", turn}};
  command.limit = turn_limit;
  const Outcome outcome = co_await run_command(std::move(command));
  co_return outcome.status != 0;
}

/// The sentence for the author of a turn, said to somebody else, whose layer it is not: "the queue
/// runs …", "call_soon runs …".
std::string told_to_others(std::string says) {
  static constexpr std::string_view your = "your ";
  for (std::size_t at = says.find(your); at != says.npos; at = says.find(your, at)) {
    const std::string_view rest = std::string_view(says).substr(at + your.size());
    const std::string_view thing = rest.substr(0, rest.find(' '));
    const bool is_function = thing.find_first_of("_(") != thing.npos;
    says.replace(at, your.size(), is_function ? "" : "the ");
  }
  return says;
}

/// Adds to the verdict on the reference how many wrong turns are caught.
aio::Coro<> score(const Terminal& terminal, const Lesson& lesson, fs::path program,
                  Verdict& verdict) {
  std::vector<std::string> caught;
  for (const std::string& turn : verdict.item.turns) {
    terminal.progress(fmt::format("{} of {} tried", caught.size(), verdict.item.turns.size()));
    if (co_await catches(program, turn))
      caught.push_back(told_to_others(read_turn(lesson, turn).says));
  }
  terminal.end_progress();
  TestResult result{"", "pass",
                    fmt::format("Catches {} of {}.", caught.size(), verdict.item.turns.size())};
  for (const std::string& says : caught) result.message += fmt::format("\nCaught: {}.", says);
  if (caught.size() < verdict.item.turns.size()) {
    result.event = "fail";
    result.message +=
        "\nWhat is not caught stays hidden: which sentence of the task does no test "
        "of yours look at?";
    verdict.state = Verdict::State::failing;
  }
  verdict.results.insert(verdict.results.begin(), std::move(result));
}

/// A test of the learner's: accepts the reference, and rejects every wrong turn.
aio::Coro<CheckResult> check_test(const Terminal& terminal, const Lesson& lesson, Item item,
                                  std::string variant) {
  write_turned(lesson, item);
  BuildTree tree(terminal, learners_preset());
  const std::string kind = variant == "solution" ? "solution" : "exercise";
  const std::string target = fmt::format("{}-{}.{}", lesson.number, item.id, kind);
  CheckResult result;
  result.compile_error = co_await tree.build(target, lesson.file_of(item));
  if (result.compile_error) co_return result;
  const fs::path program = tree.program(target);
  const TestRun run = co_await run_tests(program, "*");
  Verdict verdict = judge(item, run.results);
  if (verdict.state == Verdict::State::done) {
    co_await score(terminal, lesson, program, verdict);
  } else if (verdict.results.front().event != "todo") {
    verdict.results.front().message =
        "Your test rejects the reference, which is right. " + verdict.results.front().message;
  }
  result.verdicts = {std::move(verdict)};
  co_return result;
}

/// What looks like a mistake in the learner's file and has not been in it from the beginning.
void suspect(CheckResult& result, const Lesson& lesson, const fs::path& file) {
  const std::string text = read_if_there(file).value_or("");
  const std::string starter = starter_of(lesson, file).text;
  const auto lines = split_lines(text);
  for (const Suspicion& suspicion : suspicions(text)) {
    const std::string& line = lines[suspicion.line - 1];
    if (starter.find(line) != std::string::npos) continue;
    result.suspected.push_back(
        fmt::format("{}:{}: {}", file.string(), suspicion.line, suspicion.sentence));
  }
}

}  // namespace

bool CheckResult::passed() const {
  return !compile_error && std::ranges::all_of(verdicts, [](const Verdict& verdict) {
    return verdict.state == Verdict::State::done;
  });
}

aio::Coro<CheckResult> check_steps(const Terminal& terminal, const Lesson& lesson, const Item* step,
                                   std::string variant) {
  const std::vector<Item> steps = step != nullptr ? std::vector{*step} : lesson.steps();
  if (variant == "exercise") {
    if (const auto old = sentence_on_shape(lesson)) throw Mistake(*old);
    for (const Item& item : steps) require_file(lesson.file_of(item), item);
  }
  BuildTree tree(terminal, learners_preset());
  const std::string target = target_of(lesson, step, variant);
  CheckResult result;
  result.compile_error = co_await tree.build(target, fs::path("exercises") / lesson.slug);
  if (result.compile_error) co_return result;
  terminal.progress(fmt::format("Running the tests of lesson {}", lesson.number));
  const std::string filter = step != nullptr ? suite_of(*step) + "*" : "Step*";
  TestRun run = co_await run_tests(tree.program(target), filter);
  terminal.end_progress();
  result.verdicts = judge_steps(steps, run.results);
  result.compiled = std::move(run.compiled);
  if (!result.passed() && variant == "exercise") {
    for (const fs::path& header : lesson.headers()) {
      suspect(result, lesson, fs::path("exercises") / lesson.slug / header);
    }
  }
  co_return result;
}

aio::Coro<CheckResult> check_small(const Terminal& terminal, const Lesson& lesson, Item item,
                                   std::string variant) {
  const fs::path file = lesson.file_of(item);
  require_file(file, item);
  if (item.kind == Item::Kind::predict) co_return co_await check_prediction(terminal, lesson, item);
  if (item.kind == Item::Kind::test) co_return co_await check_test(terminal, lesson, item, variant);
  BuildTree tree(terminal, learners_preset());
  const std::string kind = variant == "solution" ? "solution" : "exercise";
  const std::string target = fmt::format("{}-{}.{}", lesson.number, item.id, kind);
  CheckResult result;
  result.compile_error = co_await tree.build(target, file);
  if (result.compile_error) co_return result;
  terminal.progress(fmt::format("Running the tests of {}", item.id));
  TestRun run = co_await run_tests(tree.program(target), "*");
  terminal.end_progress();
  result.verdicts = {judge(item, run.results)};
  if (!result.passed()) suspect(result, lesson, file);
  co_return result;
}

std::vector<std::string> collect_mine(const Course& course) {
  const fs::path folder = ".learn/mine", names = folder / "layers_of_mine.hpp";
  std::error_code ignored;
  for (const char* const part : {"aio", "http"}) {
    fs::remove_all(folder / part, ignored);
    fs::create_directories(folder / part);
  }
  std::vector<std::string> mine;
  std::string list = "// What the compiler finds in aio/ and http/ beside this file.\n";
  for (const Starter& starter : all_starters(course)) {
    if (starter.path.extension() != ".hpp") continue;
    const auto text = read_if_there(starter.path);
    const bool written =
        text && *text != starter.text && text->find("AIO_TODO(") == std::string::npos;
    if (!written) continue;
    const fs::path header =
        starter.path.lexically_relative(fs::path("exercises") / starter.lesson->slug);
    fs::create_directories((folder / header).parent_path());
    fs::create_symlink(fs::absolute(starter.path), folder / header);
    mine.push_back(short_name(header));
    list += fmt::format("// {}\n", mine.back());
  }
  if (read_if_there(names) != list) write_file(names, list);  // else its time stays
  return mine;
}

}  // namespace coach
