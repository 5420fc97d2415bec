// Lesson 14, step 4: how a child ends. Real programs, on real time. What has to come is waited for
// two seconds, so that a test that fails ends; no test that passes takes so long.

#include <cerrno>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/coro.hpp>
#include <aio/process.hpp>
#include <aio/sleep.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

#include "support/lifeline.hpp"
#include "support/story.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::argv, aio::Coro, aio::create_subprocess, aio::create_subprocess_shell, aio::Process;
using aio::ProcessOptions, aio::Stdio, aio::Task;
using tests::LooksLike, tests::Seen;

const auto compiled = tests::compiled_from(aio::layers::process);

/// "running", "zombie" when it has ended and was not reaped, or "gone".
std::string state_of(pid_t pid) {
  siginfo_t info{};
  if (::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == -1) {
    return "gone";
  }
  return info.si_pid == 0 ? "running" : "zombie";
}

/// The same, when a child that was killed has had the time to end.
std::string state_after_its_end(pid_t pid) {
  const auto late = std::chrono::steady_clock::now() + 2s;
  while (state_of(pid) == "running" && std::chrono::steady_clock::now() < late) {
    std::this_thread::sleep_for(1ms);
  }
  return state_of(pid);
}

class Pipe {
 public:
  Pipe() {
    int ends[2] = {};
    aio::check_syscall("pipe2", ::pipe2(ends, O_CLOEXEC));
    reads = aio::UniqueFd(ends[0]);
    writes = aio::UniqueFd(ends[1]);
  }
  /// Has somebody written to it, or does nobody have its other end any more? The loop stands still.
  bool is_told() const {
    pollfd both{.fd = reads.get(), .events = POLLIN, .revents = 0};
    return ::poll(&both, 1, 2000) == 1;
  }
  aio::UniqueFd reads, writes;
};

/// A child that nothing ends but a signal.
Coro<Process> runs_on() {
  ProcessOptions options;
  options.input = Stdio::descriptor(tests::lifeline());
  options.output = options.errors = Stdio::null;
  return create_subprocess(argv("cat"), options);
}

/// For a shell: 3 is the pipe's end to write to, and 4 the lifeline.
ProcessOptions with_pipe(const Pipe& pipe) {
  ProcessOptions options = ProcessOptions::piped();
  options.more = {pipe.writes.get(), tests::lifeline()};
  return options;
}

/// Kills what a test that fails has left, before its loop waits for that.
struct KilledAtEnd {
  ~KilledAtEnd() {
    if (group) ::kill(-pid, SIGKILL);
    if (state_of(pid) == "running") ::kill(pid, SIGKILL);
  }
  const pid_t pid;
  const bool group = false;
};

struct Stage {
  /// Lets the loop go on until it is so. Returns false when it is not within two seconds.
  Coro<bool> comes(std::function<bool()> so) {
    const auto late = std::chrono::steady_clock::now() + 2s;
    while (!so()) {
      if (std::chrono::steady_clock::now() > late) co_return false;
      co_await aio::sleep(1ms);
    }
    co_return true;
  }
  Coro<> go_on() {
    story.step("the loop goes on");
    for (int turn = 0; turn < 3; ++turn) co_await aio::sleep(0s);
  }
  /// What a wait for a child gives: "3", "-9", or what it throws; and if it gives nothing, what
  /// became of the child.
  Coro<std::string> outcome(pid_t child, Coro<int> wait) {
    const Task<int> task = aio::create_task(std::move(wait));
    const auto done = [task] { return task.done(); };
    if (!co_await comes(done)) {
      task.cancel();
      co_return "no end, " + state_of(child);
    }
    try {
      co_return std::to_string(task.result());
    } catch (const aio::TimeoutError&) {
      co_return "TimeoutError";
    } catch (const std::system_error& error) {
      co_return error.code().value() == ECHILD ? "lost" : error.what();
    }
  }

  tests::Story story;
};

template <class Body>
void run(Body body) {
  Stage stage;
  aio::run(body(stage));
}

// ── step 14.4: the child's end ──

TEST(Step4_Child, TellsHowItEnded) {  // PROC-01 PROC-02
  run([](Stage& s) -> Coro<> {
    s.story.step("a child exits with status 3");
    const Process exits = co_await create_subprocess_shell("exit 3");
    EXPECT_STORY(s.story, co_await s.outcome(exits.pid(), exits.wait()), "3",
                 "child_ended() reaps the child, keeps how it ended, and sets `ended`",
                 LooksLike{"lost", "never-reaped"}, LooksLike{"no end, zombie", "nobody-watches"},
                 LooksLike{"no end, gone", "tells-nobody"});
    if (testing::Test::HasFailure()) co_return;
    s.story.step("a child is killed");
    const Process killed = co_await runs_on();
    const KilledAtEnd end{killed.pid()};
    ::kill(killed.pid(), SIGKILL);
    EXPECT_STORY(s.story, co_await s.outcome(killed.pid(), killed.wait()), "-9",
                 "a signal that has ended it is told as a negative number");
  });
}

TEST(Step4_Child, IsReapedWhoeverWaits) {  // PROC-06
  run([](Stage& s) -> Coro<> {
    s.story.step("a child ends, and nobody waits for it");
    const Process process = co_await create_subprocess(argv("true"));
    state_after_its_end(process.pid());
    co_await s.go_on();
    EXPECT_STORY(s.story, state_of(process.pid()), "gone",
                 "a child that has ended stays in the kernel's table until somebody asks how: "
                 "child_ended() does",
                 LooksLike{"zombie", "never-reaped"});
  });
}

TEST(Step4_Child, AnEndThatIsLostIsAnEndToo) {
  run([](Stage& s) -> Coro<> {
    const Process exits = co_await create_subprocess_shell("exit 3");
    EXPECT_STORY(s.story, co_await s.outcome(exits.pid(), exits.wait()), "3", "it has ended");
    if (testing::Test::HasFailure()) co_return;
    const Process process = co_await create_subprocess(argv("true"));
    state_after_its_end(process.pid());
    s.story.step("a child ends, and somebody else reaps it");
    ::waitpid(process.pid(), nullptr, 0);
    EXPECT_STORY(s.story, co_await s.outcome(process.pid(), process.wait()), "lost",
                 "reap() gives no status for a child that somebody else has reaped, and reaped() "
                 "is true afterwards: wait() ends, and throws",
                 LooksLike{"no end, gone", "waits-for-a-status"});
  });
}

TEST(Step4_Child, IsReapedWithoutItsProcess) {  // PROC-09
  run([](Stage& s) -> Coro<> {
    pid_t pid = 0;
    {
      const Process process = co_await runs_on();
      process.detach();
      pid = process.pid();
    }
    const KilledAtEnd end{pid};
    EXPECT_STORY(s.story, state_of(pid), "running",
                 "the Process has gone, and what lives on the loop holds on to itself, by self_",
                 LooksLike{"gone", "lives-as-long-as-its-handle"});
    s.story.step("somebody kills it");
    ::kill(pid, SIGKILL);
    state_after_its_end(pid);
    co_await s.go_on();
    EXPECT_STORY(s.story, state_of(pid), "gone", "it is reaped all the same");
  });
}

TEST(Step4_Child, DiesWithItsProcess) {  // PROC-09
  run([](Stage& s) -> Coro<> {
    std::optional<Process> process(co_await runs_on());
    const pid_t pid = process->pid();
    const KilledAtEnd end{pid};
    s.story.step("its Process goes");
    process.reset();
    const std::string state = state_after_its_end(pid);
    EXPECT_STORY(s.story, state == "running", false, "kill() ends what still runs",
                 Seen{true, "leaves-it-running"});
    co_await s.go_on();
    EXPECT_STORY(s.story, state_of(pid) == "zombie", false, "it is reaped, as any other child");
  });
}

TEST(Step4_Child, TakesItsGroupAlong) {  // PROC-09
  run([](Stage& s) -> Coro<> {
    Pipe pipe;
    ProcessOptions options = with_pipe(pipe);
    options.new_group = true;
    std::optional<Process> process(
        co_await create_subprocess_shell("cat <&4 & echo; wait", options));
    pipe.writes.reset();
    const KilledAtEnd end{process->pid(), true};
    co_await process->output().read_line();
    s.story.step("a child leads a group and has a child of its own; its Process goes");
    process.reset();
    EXPECT_STORY(s.story, state_after_its_end(end.pid) == "running", false,
                 "kill() ends what still runs");
    if (testing::Test::HasFailure()) co_return;
    EXPECT_STORY(s.story, pipe.is_told(), true,
                 "kill() sends it to the whole group, if it leads one",
                 Seen{false, "spares-its-children"});
    co_await s.go_on();
  });
}

TEST(Step4_Child, ItsPipesAreClosedAtOnce) {  // PROC-09
  run([](Stage& s) -> Coro<> {
    Pipe pipe;
    const ProcessOptions options = with_pipe(pipe);
    std::optional<Process> process(co_await create_subprocess_shell(
        "exec 5<&0; { cat <&5; echo end >&3; } & exec 3>&-; echo; exec cat <&4", options));
    pipe.writes.reset();
    const KilledAtEnd end{process->pid()};
    co_await process->output().read_line();
    s.story.step("a grandchild reads from our pipe; the Process goes");
    process.reset();
    EXPECT_STORY(s.story, pipe.is_told(), true,
                 "whoever reads from our pipe is told by its end: kill() closes input, output and "
                 "errors",
                 Seen{false, "leaves-the-pipes-open"});
    co_await s.go_on();
  });
}

/// A loop that ends, and what of a child outlives it.
struct Outlived {
  std::optional<Process> process;
  std::string state() const { return state_after_its_end(process->pid()); }
};

TEST(Step4_Loop, TakesItsChildrenAlong) {  // PROC-09
  Outlived outlived;
  tests::Story story;
  aio::run([](Outlived& all) -> Coro<> { all.process.emplace(co_await runs_on()); }(outlived));
  story.step("the loop is closed, and the Process is still there");
  const KilledAtEnd end{outlived.process->pid()};
  EXPECT_STORY(story, outlived.state(), "gone",
               "nobody will hear of its end any more: evict() kills it, and reaps it at once",
               Seen{"zombie", "killed-and-not-reaped"}, LooksLike{"running", "not-on-the-loop"});
  EXPECT_STORY(story, outlived.process->returncode() == -SIGKILL, true,
               "how it ended can be asked afterwards too");
}

TEST(Step4_Loop, LeavesADetachedOneAlone) {
  Outlived outlived;
  tests::Story story;
  aio::run([](Outlived& all) -> Coro<> {
    all.process.emplace(co_await runs_on());
    all.process->detach();
  }(outlived));
  story.step("the loop is closed, and the child was detached");
  const pid_t pid = outlived.process->pid();
  EXPECT_STORY(story, state_of(pid), "running", "evict() lets go of a child that was detached",
               Seen{"gone", "kills-what-was-detached"});
  ::kill(pid, SIGKILL);
  ::waitpid(pid, nullptr, 0);
}

TEST(Step4_Stop, AsksFirst) {
  run([](Stage& s) -> Coro<> {
    const Process process = co_await runs_on();
    s.story.step("stop(1h)");
    EXPECT_STORY(s.story, co_await s.outcome(process.pid(), process.stop(1h)), "-15",
                 "stop() sends SIGTERM, and waits for the grace to be over",
                 Seen{"-9", "kills-at-once"});
  });
}

TEST(Step4_Stop, KillsWhatDoesNotListen) {
  run([](Stage& s) -> Coro<> {
    const Process process =
        co_await create_subprocess_shell("trap '' TERM; echo; read x", ProcessOptions::piped());
    co_await process.output().read_line();
    s.story.step("a child ignores SIGTERM; stop(1ms)");
    EXPECT_STORY(s.story, co_await s.outcome(process.pid(), process.stop(1ms)), "-9",
                 "when the grace is over, stop() sends SIGKILL, and waits for the end",
                 Seen{"TimeoutError", "the-grace-is-an-error"},
                 Seen{"no end, running", "waits-for-ever"},
                 LooksLike{"lost", "does-not-wait-for-the-end"});
  });
}

TEST(Step4_Stop, OneThatHasEndedIsLeftAlone) {  // PROC-02
  run([](Stage& s) -> Coro<> {
    const Process process = co_await create_subprocess_shell("exit 3");
    EXPECT_STORY(s.story, co_await s.outcome(process.pid(), process.wait()), "3", "it has ended");
    if (testing::Test::HasFailure()) co_return;
    s.story.step("stop(1h)");
    EXPECT_STORY(s.story, co_await s.outcome(process.pid(), process.stop(1h)), "3",
                 "nothing is sent to a child that has ended: its number may be another's by now",
                 Seen{"stop: No such process", "stops-what-has-ended"});
  });
}

TEST(Step4_Stop, TakesTheGroupAlong) {
  run([](Stage& s) -> Coro<> {
    Pipe pipe;
    ProcessOptions options = with_pipe(pipe);
    options.new_group = true;
    const Process process =
        co_await create_subprocess_shell("trap '' TERM; cat <&4 & echo; wait", options);
    pipe.writes.reset();
    const KilledAtEnd end{process.pid(), true};
    co_await process.output().read_line();
    s.story.step("a child leads a group and has a child of its own; stop(1ms)");
    EXPECT_STORY(s.story, co_await s.outcome(process.pid(), process.stop(1ms)), "-9",
                 "neither listens to SIGTERM");
    if (testing::Test::HasFailure()) co_return;
    EXPECT_STORY(s.story, pipe.is_told(), true, "both signals go to the group, if it leads one",
                 Seen{false, "stops-the-leader-alone"});
  });
}

}  // namespace
