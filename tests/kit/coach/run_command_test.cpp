// Commands: how they end, and that nothing of what they have started outlives them.

#include "run_command.hpp"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/task.hpp>

#include "fake_course.hpp"
#include "files.hpp"
#include "text.hpp"

namespace {

using namespace std::chrono_literals;
using coach::Command;
using coach::Outcome;
namespace fs = std::filesystem;

/// Children in every disguise, whose pids are written to the file "pids": in this session, in one
/// of their own, and in one of their own as orphans, deaf to signals.
constexpr const char* brood = R"script(
  sleep 1000 & echo $! >> pids
  setsid sleep 1000 & echo $! >> pids
  setsid sh -c 'setsid sh -c "trap \"\" TERM HUP INT; echo \$\$ >> pids; exec sleep 1000" &' &
  until [ "$(wc -l < pids)" = 3 ]; do sleep 0.01; done
)script";

class Processes : public testing::Test {
 protected:
  static Command shell(const std::string& script) {
    Command command;
    command.argv = {"sh", "-c", script};
    return command;
  }
  static Outcome outcome_of(Command command) { return aio::run(run_command(std::move(command))); }

  /// The brood's pids.
  std::vector<pid_t> pids() const {
    std::vector<pid_t> pids;
    for (const std::string& line : coach::split_lines(coach::read_file("pids"))) {
      pids.push_back(std::stoi(line));
    }
    return pids;
  }
  /// Nobody may be left; a process that ended and is init's to reap is no longer there for us.
  static bool lives(pid_t pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string stat(std::istreambuf_iterator<char>(file), {});
    return !stat.empty() && stat.substr(stat.rfind(')') + 2, 1) != "Z";
  }
  void expect_nobody_is_left() const {
    const auto all = pids();
    EXPECT_EQ(all.size(), 3U);
    for (const pid_t pid : all) {
      EXPECT_FALSE(lives(pid)) << pid;
      if (lives(pid)) ::kill(pid, SIGKILL);
    }
  }

  fake::Folder folder;
};

TEST_F(Processes, TellHowTheyEnded) {
  EXPECT_EQ(outcome_of(shell("exit 0")).status, 0);
  EXPECT_EQ(outcome_of(shell("exit 7")).status, 7);
  const Outcome killed = outcome_of(shell("kill -SEGV $$"));
  EXPECT_EQ(killed.signal, SIGSEGV);
  EXPECT_EQ(killed.status, 128 + SIGSEGV);
  Command missing;
  missing.argv = {"no-such-program"};
  EXPECT_EQ(outcome_of(missing).status, 127);
}

TEST_F(Processes, KeepAllOutput) {
  const Outcome outcome = outcome_of(shell("echo one; echo two >&2"));
  EXPECT_EQ(outcome.output, "one\ntwo\n");
}

TEST_F(Processes, TakeAllDescendantsAlongWhenTheyEnd) {
  const Outcome outcome = outcome_of(shell(std::string(brood) + "exit 3"));
  EXPECT_EQ(outcome.status, 3);
  EXPECT_FALSE(outcome.timed_out);
  expect_nobody_is_left();
}

TEST_F(Processes, TakeAllDescendantsAlongWhenTheyTakeTooLong) {
  Outcome outcome;
  for (auto limit = 2s; outcome.output.empty(); limit *= 2) {  // on a busy machine they need longer
    fs::remove("pids");
    Command command = shell(std::string(brood) + "echo ready; sleep 1000");
    command.limit = limit;
    outcome = outcome_of(std::move(command));
  }
  EXPECT_TRUE(outcome.timed_out);
  EXPECT_EQ(outcome.signal, SIGKILL);
  EXPECT_EQ(outcome.output, "ready\n");
  expect_nobody_is_left();
}

aio::Coro<> cancel_when_ready(Command command) {
  aio::Future<> ready;
  command.on_line = [ready](std::string_view) { ready.set_result(); };
  const auto task = aio::create_task(run_command(std::move(command)));
  co_await ready;
  task.cancel();
  try {
    co_await task;
    ADD_FAILURE() << "it was not cancelled";
  } catch (const aio::CancelledError&) {
  }
}

TEST_F(Processes, TakeAllDescendantsAlongWhenTheyAreCancelled) {
  aio::run(cancel_when_ready(shell(std::string(brood) + "echo ready; sleep 1000")));
  expect_nobody_is_left();
}

/// As when the coach itself is killed: nobody is there to tell the keeper.
TEST_F(Processes, TakeAllDescendantsAlongWhenWeAreKilled) {
  const pid_t coach = ::fork();
  if (coach == 0) {
    Command command = shell(std::string(brood) + "echo ready; sleep 1000");
    command.on_line = [](std::string_view) { ::raise(SIGKILL); };
    outcome_of(std::move(command));
    std::_Exit(0);
  }
  int status = 0;
  ::waitpid(coach, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  for (const pid_t pid : pids()) {
    for (int i = 0; i < 1000 && lives(pid); ++i) ::usleep(10'000);  // the keeper is on its way
  }
  expect_nobody_is_left();
}

/// What an editor starts stays.
TEST_F(Processes, ThatShareTheTerminalMayLeaveSomethingBehind) {
  Command command = shell("setsid sleep 1000 & echo $! > pids");
  command.shares_terminal = true;
  EXPECT_EQ(outcome_of(std::move(command)).status, 0);
  ASSERT_EQ(pids().size(), 1U);
  EXPECT_TRUE(lives(pids().front()));
  ::kill(pids().front(), SIGKILL);
}

}  // namespace
