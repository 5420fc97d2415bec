#include "build.hpp"

#include <algorithm>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/format.h>
#include <aio/support/syscall.hpp>

#include "files.hpp"
#include "mistake.hpp"
#include "process.hpp"
#include "text.hpp"

namespace coach {

namespace {

/// Only one of us builds at a time: two ninjas in one tree disturb each other.
aio::Coro<aio::UniqueFd> lock_builds(const Terminal& terminal) {
  using namespace std::chrono_literals;
  aio::UniqueFd lock(::open("build/learn.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (!lock) throw Mistake("cannot write to the folder build/; start ./learn where you may write");
  bool said = false;
  while (::flock(lock.get(), LOCK_EX | LOCK_NB) == -1) {
    if (!std::exchange(said, true)) terminal.say("Another ./learn is building; waiting for it.");
    co_await aio::sleep(100ms);
  }
  co_return lock;
}

/// The linker's own closing line says nothing.
bool is_error(std::string_view line) {
  if (line.starts_with("collect2: ")) return false;
  return line.find(": error: ") != std::string_view::npos ||
         line.find(": fatal error: ") != std::string_view::npos;
}

/// Paths of the kit are shown relative to it.
std::string relative(std::string line) {
  const std::string here = fs::current_path().string() + "/";
  for (std::size_t at; (at = line.find(here)) != std::string::npos;) line.erase(at, here.size());
  return line;
}

/// The line at `at` and what the compiler shows below it: the source line and the caret.
std::string excerpt(const std::vector<std::string>& lines, std::size_t at) {
  std::string text = relative(lines[at]);
  for (std::size_t i = at + 1; i < std::min(at + 3, lines.size()); ++i) {
    if (lines[i].find(" | ") == std::string::npos) break;
    text += "\n" + lines[i];
  }
  return text;
}

constexpr std::chrono::seconds build_limit{300};
constexpr std::string_view unknown_target = "unknown target";  // says ninja

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
  const auto error = first([](const auto& line) { return is_error(line); });
  const auto required = first([&](const auto& line) {
    return mentions(line) && line.find("required from") != std::string::npos;
  });
  if (error != lines.end() && required != lines.end()) {
    return fmt::format("{}\n{}", relative(*required), relative(*error));
  }
  if (error != lines.end()) return excerpt(lines, at(error));
  const auto undefined =
      first([](const auto& line) { return line.find("undefined reference") != std::string::npos; });
  if (undefined != lines.end()) return relative(*undefined);
  return lines.empty() ? "the build failed without a word" : relative(lines.back());
}

BuildTree::BuildTree(const Terminal& terminal, std::string preset)
    : terminal_(terminal), preset_(std::move(preset)), folder_(fs::path("build") / preset_) {}

fs::path BuildTree::program(std::string_view target) const { return folder_ / "bin" / target; }

aio::Coro<std::optional<CompileError>> BuildTree::run(std::vector<std::string> argv,
                                                      std::string target, fs::path learners_file) {
  const auto show = [&](std::string_view line) {
    if (line.starts_with("[")) terminal_.progress(fmt::format("Building {}  {}", target, line));
  };
  Command command;
  command.argv = std::move(argv);
  command.limit = build_limit;
  command.on_line = show;
  const Outcome outcome = co_await run_command(std::move(command));
  terminal_.end_progress();
  if (outcome.status == 0) co_return std::nullopt;
  const fs::path log = folder_ / (target + ".log");
  write_file(log, outcome.output);
  if (outcome.output.find("No space left on device") != std::string::npos) {
    throw Mistake("The disk is full. Make room and try again; nothing is lost.");
  }
  if (outcome.timed_out) {
    co_return CompileError{fmt::format("The compiler was stopped after {} s.", build_limit.count()),
                           log};
  }
  if (outcome.output.find(unknown_target) != std::string::npos) {
    co_return CompileError{std::string(unknown_target), log};
  }
  if (outcome.status == 127) throw Mistake("cmake or ninja is missing; ./learn installs them.");
  co_return CompileError{first_error(outcome.output, learners_file), log};
}

aio::Coro<std::optional<CompileError>> BuildTree::build(std::string target,
                                                        fs::path learners_file) {
  const aio::UniqueFd lock = co_await lock_builds(terminal_);
  const std::vector<std::string> configure{"cmake", "--preset", preset_};
  if (!fs::exists(folder_ / "build.ninja")) {
    terminal_.progress(fmt::format("Configuring {}", folder_.string()));
    if (auto failed = co_await run(configure, "configure", learners_file)) co_return failed;
  }
  const std::vector<std::string> compile{"ninja", "-C", folder_.string(), target};
  auto failed = co_await run(compile, target, learners_file);
  if (failed && failed->text == unknown_target) {  // its files may be newer than the configuration
    co_await run(configure, "configure", learners_file);
    failed = co_await run(compile, target, learners_file);
  }
  if (failed && failed->text == unknown_target) {
    throw Mistake(
        fmt::format("There is nothing to build for this: {} is missing its files.", target));
  }
  co_return failed;
}

}  // namespace coach
