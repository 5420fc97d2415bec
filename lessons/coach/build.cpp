#include "build.hpp"

#include <algorithm>
#include <cstdlib>
#include <regex>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>
#include <aio/support/syscall.hpp>

#include "clang_messages.hpp"
#include "code_excerpt.hpp"
#include "compiled_texts.hpp"
#include "files.hpp"
#include "meanings.hpp"
#include "mistake.hpp"
#include "run_command.hpp"
#include "text.hpp"

namespace coach {

namespace {

/// Only one of us builds at a time: two ninjas in one tree disturb each other.
aio::Coro<aio::UniqueFd> lock_builds(const Terminal& terminal) {
  using namespace std::chrono_literals;
  aio::UniqueFd lock(::open("build/learn.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!lock) throw Mistake("cannot write to the folder build/; start ./learn where you may write");
  constexpr int long_enough = 30;  // most builds are over before anybody wonders
  for (int tries = 0; ::flock(lock.get(), LOCK_EX | LOCK_NB) == -1; ++tries) {
    if (tries == long_enough) terminal.say("Another ./learn is building; waiting for it.");
    co_await aio::sleep(100ms);
  }
  co_return lock;
}

/// The closing line of a link that failed says nothing.
bool is_error(std::string_view line) {
  if (line.starts_with("collect2: ")) return false;
  if (line.find(": error: linker command failed") != std::string_view::npos) return false;
  return line.find(": error: ") != std::string_view::npos ||
         line.find(": fatal error: ") != std::string_view::npos;
}

/// Paths of the kit are shown relative to it.
std::string relative(std::string line) {
  const std::string here = fs::current_path().string() + "/";
  for (std::size_t at; (at = line.find(here)) != std::string::npos;) line.erase(at, here.size());
  return line;
}

/// The line at `at` and what is shown below it: the source line and the caret, or lld's reference.
std::string excerpt(const std::vector<std::string>& lines, std::size_t at) {
  std::string text = relative(lines[at]);
  for (std::size_t i = at + 1; i < std::min(at + 3, lines.size()); ++i) {
    const bool code = lines[i].find(" | ") != std::string::npos;
    if (!code && (i > at + 1 || !lines[i].starts_with(">>> referenced by "))) break;
    text += "\n" + relative(lines[i]);
  }
  return text;
}

bool holds(std::string_view line, std::string_view part) {
  return line.find(part) != std::string_view::npos;
}

/// Where the lines begin that say how the compiler came to the template of an error.
std::size_t context_of(const std::vector<std::string>& lines, std::size_t error) {
  std::size_t first = error;
  while (first > 0) {
    const std::string& line = lines[first - 1];
    const bool part_of_it = holds(line, "required from") || holds(line, "required by") ||
                            holds(line, "In instantiation of") ||
                            holds(line, "In substitution of") || holds(line, "[ skipping ");
    if (!part_of_it) break;
    --first;
  }
  return first;
}

/// The line among the notes below an error of clang's, if any, in which the file needed it.
std::optional<std::size_t> need_below(const std::vector<std::string>& lines, std::size_t error,
                                      const std::string& file) {
  for (std::size_t i = error + 1; i < lines.size() && !is_error(lines[i]); ++i) {
    if (holds(lines[i], file) && holds(lines[i], " requested here")) return i;
  }
  return std::nullopt;
}

/// What clang shows below the error that says `message`: its notes on candidates, the line of code.
std::string reasons_of(const std::vector<std::string>& lines, std::string_view message) {
  const auto error = std::ranges::find_if(
      lines, [&](const auto& line) { return is_error(line) && line.ends_with(message); });
  std::string reasons;
  for (auto line = error; line != lines.end() && (line == error || !is_error(*line)); ++line) {
    for (const std::string_view kind : {": note: candidate ", ": note: because "}) {
      const std::size_t at = line->find(kind);
      if (at != std::string::npos)
        reasons += line->substr(at + std::string_view(": note: ").size()) + "\n";
    }
  }
  if (error != lines.end() && error + 1 != lines.end()) reasons += *(error + 1);
  return reasons;
}

/// What is said after "error: ", or by the linker.
std::string message_of(std::string_view text) {
  for (const std::string& line : split_lines(text)) {
    const std::size_t undefined = line.find("undefined reference");
    if (undefined != std::string::npos) return line.substr(undefined);
    for (const std::string_view mark : {"error: ", "warning: "}) {
      const std::size_t at = line.find(mark);
      if (at != std::string::npos) return line.substr(at + mark.size());
    }
  }
  return {};
}

/// An error elsewhere, said at the learner's place `path:line:column: required from here`.
std::string at_place(const std::string& required, const std::string& error) {
  static const std::regex pattern("([^:]+):([0-9]+):([0-9]+): .*");
  std::smatch place;
  const std::string both = fmt::format("{}\n{}", relative(required), relative(error));
  if (!std::regex_match(required, place, pattern) || message_of(error).empty()) return both;
  const auto lines = split_lines(read_if_there(place[1].str()).value_or(""));
  const std::size_t line = std::stoul(place[2]), column = std::stoul(place[3]);
  if (line == 0 || line > lines.size() || column == 0) return both;
  return fmt::format("{}:{}:{}: error: {}\n{:>5} | {}\n      | {:>{}}", relative(place[1]), line,
                     column, message_of(error), line, lines[line - 1], '^', column);
}

// One file of a learner's, or everything that the kit has, on the slowest machine.
constexpr std::chrono::seconds limit_of_one{300}, limit_of_all{3600};
constexpr std::string_view unknown_target = "unknown target";  // says ninja
constexpr std::string_view lesson_of_libraries = "13";

/// Why ninja does not know a target, although the tree has just been configured.
std::string why_unknown(const fs::path& tree, std::string_view target) {
  const auto packages = read_if_there(tree / "missing_packages");
  if (!packages || !target.starts_with(lesson_of_libraries)) {
    return fmt::format("There is nothing to build for this: {} is missing its files.", target);
  }
  return fmt::format(
      "Lesson {0} stands on libraries, and these packages are missing: {1}. ./learn check {0} "
      "installs them. All other lessons do without.",
      lesson_of_libraries, *packages);
}

}  // namespace

std::string first_error(std::string_view output, const fs::path& file) {
  const std::vector<std::string> lines = split_lines(output);
  const auto mentions = [&](const std::string& line) {
    return !file.empty() && line.find(file.string()) != std::string::npos;
  };
  const auto first = [&](auto matches) { return std::ranges::find_if(lines, matches); };
  const auto at = [&](auto it) { return static_cast<std::size_t>(it - lines.begin()); };

  const auto own = first([&](const auto& line) { return mentions(line) && is_error(line); });
  if (own != lines.end()) return excerpt(lines, at(own));
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!is_error(lines[i])) continue;
    for (std::size_t k = context_of(lines, i); k < i; ++k) {
      if (mentions(lines[k]) && holds(lines[k], "required ")) return at_place(lines[k], lines[i]);
    }
    const auto need = file.empty() ? std::nullopt : need_below(lines, i, file.string());
    if (need) return at_place(lines[*need], lines[i]);
  }
  const auto error = first([](const auto& line) { return is_error(line); });
  if (error != lines.end()) return excerpt(lines, at(error));
  const auto undefined = first([](const auto& line) { return holds(line, "undefined reference"); });
  if (undefined != lines.end()) return relative(*undefined);
  return lines.empty() ? "the build failed without a word" : relative(lines.back());
}

CompileError explained(std::string_view output, const fs::path& file) {
  CompileError error;
  error.text = first_error(output, file);
  const std::vector<std::string> lines = split_lines(output);
  const std::string message = message_of(error.text);
  error.meaning = meaning_of(as_gcc_says(message, reasons_of(lines, message)));
  error.text = with_short_names(error.text);
  std::size_t errors = 0, notes = 0;
  for (const std::string& line : lines) {
    errors += is_error(line) || holds(line, "undefined reference") ? 1 : 0;
    notes += holds(line, ": note: ") || holds(line, "required from") ? 1 : 0;
  }
  const auto counted = [](std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  };
  std::vector<std::string> rest;
  if (errors > 1) rest.push_back(counted(errors - 1, "more error"));
  if (notes > 0) rest.push_back(counted(notes, "note"));
  error.folded = in_words(rest);
  return error;
}

std::string build_progress(std::string_view target, std::string_view line) {
  const std::size_t end = line.find(']');
  if (!line.starts_with('[') || line.starts_with("[0/") || end == std::string_view::npos) return "";
  return fmt::format("Building {} {}, longest the first time", target, line.substr(0, end + 1));
}

std::string learners_preset() {
  constexpr std::string_view clang = "clang++-19";
  const char* wanted = std::getenv("LEARN_COMPILER");
  if (wanted != nullptr && *wanted != '\0') return wanted == clang ? "learn" : "dev";
  const char* path = std::getenv("PATH");
  std::istringstream folders(path != nullptr ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    if (::access((fs::path(folder) / clang).c_str(), X_OK) == 0) return "learn";
  }
  return "dev";
}

BuildTree::BuildTree(const Terminal& terminal, std::string preset)
    : terminal_(terminal), preset_(std::move(preset)), folder_(fs::path("build") / preset_) {}

fs::path BuildTree::program(std::string_view target) const { return folder_ / "bin" / target; }

aio::Coro<std::optional<CompileError>> BuildTree::run(std::vector<std::string> argv,
                                                      std::string target, fs::path learners_file) {
  const auto show = [&](std::string_view line) {
    const std::string said = build_progress(target, line);
    if (!said.empty()) terminal_.progress(said);
  };
  Command command;
  command.argv = std::move(argv);
  const std::chrono::seconds limit = learners_file.empty() ? limit_of_all : limit_of_one;
  command.limit = limit;
  command.on_line = show;
  command.environment = {{"LC_ALL", "C.UTF-8"}, {"LANGUAGE", ""}};  // messages that we know
  const Outcome outcome = co_await run_command(std::move(command));
  terminal_.end_progress();
  if (outcome.status == 0) co_return std::nullopt;
  const fs::path log = folder_ / (target + ".log");
  write_file(log, outcome.output);
  if (outcome.output.find("No space left on device") != std::string::npos) {
    throw Mistake("The disk is full. Make room and try again; nothing is lost.");
  }
  if (outcome.timed_out) {
    CompileError late;
    late.text = fmt::format("The compiler was stopped after {} s.", limit.count());
    late.log = log;
    co_return late;
  }
  if (outcome.output.find(unknown_target) != std::string::npos) {
    CompileError unknown;
    unknown.text = unknown_target;
    co_return unknown;
  }
  if (outcome.status == 127) throw Mistake("cmake or ninja is missing; ./learn installs them.");
  CompileError error = explained(outcome.output, learners_file);
  error.log = log;
  co_return error;
}

aio::Coro<std::optional<CompileError>> BuildTree::build(std::string target,
                                                        fs::path learners_file) {
  const aio::UniqueFd lock = co_await lock_builds(terminal_);
  const std::vector<std::string> configure{"cmake", "--preset", preset_};
  if (!fs::exists(folder_ / "build.ninja")) {
    terminal_.progress(fmt::format("Configuring {}", folder_.string()));
    if (auto failed = co_await run(configure, "configure", learners_file)) co_return failed;
  }
  const CompiledTexts texts(folder_ / "learners_texts", "exercises");
  const std::vector<std::string> compile{"ninja", "-C", folder_.string(), target};
  auto failed = co_await run(compile, target, learners_file);
  if (failed && failed->text == unknown_target) {  // its files may be newer than the configuration
    co_await run(configure, "configure", learners_file);
    failed = co_await run(compile, target, learners_file);
  }
  texts.built();
  if (failed && failed->text == unknown_target) throw Mistake(why_unknown(folder_, target));
  co_return failed;
}

}  // namespace coach
