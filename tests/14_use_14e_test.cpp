// use-14e: many commands, and what they say. Real programs; the time stands still until the test
// lets it pass.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/process.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

#include "run_all.hpp"
#include "support/cancel_anywhere.hpp"
#include "support/story.hpp"
#include "support/temporary.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::Coro, aio::Task;
using tests::LooksLike;
using Commands = std::vector<std::string>;

const auto compiled = tests::compiled_from(aio::layers::process);

/// Time that passes when the test says so, and the loop waits for the programs meanwhile.
class HeldClock final : public aio::Clock {
 public:
  time_point now() const override { return now_; }
  std::optional<duration> poll_timeout(std::optional<time_point> next) const override {
    return next && *next <= now_ ? duration::zero() : duration(1ms);
  }
  bool idle_until(std::optional<time_point>) override { return true; }
  void pass(duration time) { now_ += time; }

 private:
  time_point now_{};
};

/// A folder in which the commands of a test run.
struct Place {
  Place() {
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
  }
  ~Place() { std::filesystem::remove_all(path); }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  std::string in(const std::string& command) const {
    return "cd " + path.string() + "; " + command;
  }
  bool has(const std::string& file) const { return std::filesystem::exists(path / file); }
  std::string text(const std::string& file) const {
    std::ifstream in(path / file);
    return {std::istreambuf_iterator<char>(in), {}};
  }

  tests::Story story{};
  HeldClock clock{};
  const std::filesystem::path path = tests::temporary("run_all");
};

std::string told(const std::vector<Ran>& all) {
  std::string text;
  for (const Ran& each : all) {
    text +=
        each.output + (each.too_long ? "too long " : "") + std::to_string(each.returncode) + " ";
  }
  return text;
}

std::vector<Ran> run_here(Place& place, Commands commands, std::size_t at_once) {
  for (std::string& command : commands) command = place.in(command);
  return aio::run(run_all(std::move(commands), at_once, 10s), {.clock = &place.clock});
}

TEST(Use14e_RunAll, CollectsWhatEachSays) {
  Place place;
  const auto all =
      run_here(place, {"echo one; echo two >&2; echo three", "exit 3", "kill -9 $$", "cat"}, 4);
  EXPECT_STORY(place.story, told(all), "one\ntwo\nthree\n0 3 -9 0 ",
               "errors belong to the output, and what a command reads is at its end at once");
}

/// What this program reads from its standard input, as long as it lives.
class Typed {
 public:
  explicit Typed(const std::filesystem::path& file) : before_(::dup(STDIN_FILENO)) {
    std::ofstream(file) << "typed\n";
    const aio::UniqueFd opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    ::dup2(opened.get(), STDIN_FILENO);
  }
  ~Typed() { ::dup2(before_.get(), STDIN_FILENO); }
  Typed(const Typed&) = delete;
  Typed& operator=(const Typed&) = delete;

 private:
  const aio::UniqueFd before_;
};

TEST(Use14e_RunAll, TheyDoNotReadWhatIsYours) {
  Place place;
  const Typed typed(place.path / "typed");
  place.story.step("what this program may read is \"typed\"");
  EXPECT_STORY(place.story, told(run_here(place, {"cat"}, 1)), "0 ",
               "commands have nothing to read, and take nothing from who starts them",
               LooksLike{"typed\n0 ", "reads-what-is-yours"});
}

TEST(Use14e_RunAll, OneThatCannotBeStartedIsAResult) {
  Place place;
  std::string thrown = "nothing";
  std::vector<Ran> all(3);
  try {
    all = run_here(place, {"echo one", "true " + std::string(200'000, 'x'), "echo three"}, 1);
  } catch (const std::system_error& error) {
    thrown = error.what();
  }
  place.story.step("the second of three commands is longer than the kernel takes");
  EXPECT_STORY(place.story, thrown == "nothing", true,
               "the others have results, which would be lost",
               LooksLike{false, "one-that-cannot-start-ends-it-all"});
  EXPECT_STORY(place.story, all[0].output + all[2].output, "one\nthree\n", "the others have run");
  EXPECT_STORY(place.story, all[1].returncode, 127, "as shells say it");
  EXPECT_STORY(place.story, all[1].output.empty(), false, "its output says why");
}

TEST(Use14e_RunAll, TwentyInTheirOrder) {
  Place place;
  Commands commands;
  std::string expected;
  for (int i = 0; i < 20; ++i) {
    commands.push_back("echo " + std::to_string(i));
    expected += std::to_string(i) + "\n0 ";
  }
  EXPECT_STORY(place.story, told(run_here(place, commands, 4)), expected,
               "result i belongs to command i");
}

/// Lets the time pass when a command has come to a point of its own, and gives what it has said.
Coro<std::vector<Ran>> run_too_long(Place& place, Commands commands) {
  for (std::string& command : commands) command = place.in(command);
  const Task<std::vector<Ran>> task = aio::create_task(run_all(std::move(commands), 1, 10s));
  while (!place.has("come") && !task.done()) co_await aio::sleep(0s);
  place.story.step("a command has come to its point, and its time is up");
  place.clock.pass(11s);
  const auto patience = std::chrono::steady_clock::now() + 2s;
  while (!task.done() && std::chrono::steady_clock::now() < patience) co_await aio::sleep(0s);
  if (!task.done()) place.story.step("two seconds later it has not ended");
  if (!task.done() && place.has("pid")) ::kill(std::stoi(place.text("pid")), SIGKILL);
  while (!task.done()) co_await aio::sleep(0s);
  co_return co_await task;
}

/// Runs it still, and is not only waiting to be reaped?
bool runs(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string number, name, state = "X";
  file >> number >> name >> state;
  return state != "X" && state != "Z";
}

TEST(Use14e_RunAll, MuchOutputIsNotTooLong) {
  Place place;
  const std::string much = "head -c 300000 /dev/zero | tr '\\0' x; touch come";
  const auto main = [&place, &much]() -> Coro<std::string> {
    const auto task = aio::create_task(run_all(Commands(1, place.in(much)), 1, 10s));
    const auto patience = std::chrono::steady_clock::now() + 2s;
    while (!task.done() && std::chrono::steady_clock::now() < patience) co_await aio::sleep(0s);
    if (!task.done()) place.clock.pass(11s);
    while (!task.done()) co_await aio::sleep(0s);
    const std::vector<Ran>& all = co_await task;
    co_return all[0].too_long ? "it never ends" : std::to_string(all[0].output.size());
  };
  EXPECT_STORY(place.story, aio::run(main(), {.clock = &place.clock}), "300000",
               "a command whose output nobody reads waits for room in the pipe, and never ends",
               LooksLike{std::string("it never ends"), "waits-before-it-reads"});
}

TEST(Use14e_RunAll, OneThatTakesTooLongIsKilled) {
  Place place;
  const auto all = aio::run(
      run_too_long(place, {"echo begun; echo $$ > pid; touch come; exec sleep 1000", "echo other"}),
      {.clock = &place.clock});
  EXPECT_STORY(
      place.story, told(all), "begun\ntoo long -9 other\n0 ",
      "the one is killed by SIGKILL (-9) and not asked to end, what it had said is kept, and the "
      "next one has ten seconds of its own");
}

TEST(Use14e_RunAll, WithWhatItHasStarted) {
  Place place;
  const auto all = aio::run(run_too_long(place, {"sleep 1000 & echo $! > pid; touch come; wait"}),
                            {.clock = &place.clock});
  EXPECT_STORY(place.story, told(all), "too long -9 ", "it is killed");
  const std::string story = place.story.text();
  const bool spared = story.find("has not ended") != std::string::npos || runs(place.text("pid"));
  EXPECT_STORY(place.story, spared, false,
               "what the shell has started goes on, and holds its output: kill the whole group",
               LooksLike{true, "only-the-shell-is-killed"});
}

TEST(Use14e_RunAll, NoMoreThanSoManyAtOnce) {
  Place place;
  const std::string meet =
      "echo + >> log; until [ $(grep -c + log) -ge 3 ]; do sleep 0.01; done; sleep 0.1; "
      "echo - >> log";
  const auto main = [&place, &meet]() -> Coro<> {
    const auto task = aio::create_task(run_all(Commands(6, place.in(meet)), 3, 10s));
    const auto patience = std::chrono::steady_clock::now() + 5s;
    while (!task.done() && std::chrono::steady_clock::now() < patience) co_await aio::sleep(0s);
    while (!task.done()) {
      place.clock.pass(11s);
      co_await aio::sleep(0s);
    }
  };
  aio::run(main(), {.clock = &place.clock});
  int now = 0, most = 0;
  for (const char each : place.text("log")) {
    if (each == '+') most = std::max(most, ++now);
    if (each == '-') --now;
  }
  const std::string seen = most > 3 ? "more" : most == 3 ? "three" : "fewer";
  EXPECT_STORY(place.story, seen, "three", "three may run at the same time, and three do",
               LooksLike{std::string("more"), "all-commands-at-once"});
}

struct Cancelled : tests::CancelScene {
  Tasks tasks() const override { return Tasks::told_to_stop; }
  Coro<> play() override { co_await run_all(commands, 1, 10s); }
  Coro<> world(Coro<> playing) override {
    co_await std::move(playing);
    const auto patience = std::chrono::steady_clock::now() + 2s;
    while (has_children() && std::chrono::steady_clock::now() < patience) co_await aio::sleep(0s);
    EXPECT_STORY(story, has_children(), false, "a command runs when run_all() has ended");
  }
  const Commands commands{"true", "echo two"};
  static bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) != -1; }
};

/// Whether it lived so long, and all was well. Less than cancel_anywhere(): a program costs more
/// than a coroutine, and does not care how others stop.
bool cancelled_after(int callbacks, int again) {
  Cancelled scene;
  tests::CancelPlan plan;
  plan.after = callbacks;
  plan.again = again;
  tests::CancelRun run(scene, plan);
  const bool lived = run.play();
  const std::string& what_is_wrong = run.found();
  EXPECT_STORY(scene.story, what_is_wrong, "", "a command runs when run_all() has ended");
  return lived && !testing::Test::HasFailure();
}

TEST(Use14e_RunAll, NoneRunsWheneverItIsCancelled) {
  for (int callbacks = 0; cancelled_after(callbacks, 0); ++callbacks) {
    if (callbacks % 3 == 0) cancelled_after(callbacks, 2);
  }
}

}  // namespace
