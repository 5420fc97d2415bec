// Lesson 14: child processes. Real programs, on real time; pipes and their ends decide the order.

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <aio/process.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "support/elsewhere.hpp"
#include "support/entries.hpp"
#include "support/error_of.hpp"
#include "support/lifeline.hpp"
#include "support/refusal.hpp"
#include "support/run_seeded.hpp"
#include "support/temporary.hpp"
#include "support/whose.hpp"

namespace {

using namespace std::chrono_literals;
using aio::argv, aio::CancelledError, aio::Coro, aio::create_subprocess, aio::InvalidStateError;
using aio::create_subprocess_shell, aio::Process, aio::ProcessOptions, aio::ProcessOutput;
using aio::Stdio, aio::Task;
using tests::error_of, tests::open_descriptors, tests::run_seeded;

const auto compiled = tests::compiled_from(aio::layers::process);

ProcessOptions with_output() {
  ProcessOptions options;
  options.output = Stdio::pipe;
  return options;
}

/// What a command writes.
Coro<std::string> output_of(std::string command, ProcessOptions options = with_output()) {
  const Process process = co_await create_subprocess_shell(command, options);
  const ProcessOutput all = co_await process.communicate();
  co_return all.output;
}

/// A child that runs until its input is closed, or for ever.
Coro<Process> waits_for_input() { return create_subprocess(argv("cat"), ProcessOptions::piped()); }
Coro<Process> runs_for_ever() { return create_subprocess(argv("sleep", "1000")); }

/// Puts back what a test has changed for the whole process.
class AtEnd {
 public:
  explicit AtEnd(std::function<void()> restore) : restore_(std::move(restore)) {}
  AtEnd(const AtEnd&) = delete;
  AtEnd& operator=(const AtEnd&) = delete;
  ~AtEnd() { restore_(); }

 private:
  std::function<void()> restore_;
};

/// Is there no such process any more, not even a dead one that nobody has reaped?
bool is_gone(pid_t pid) { return ::kill(pid, 0) == -1 && errno == ESRCH; }

Coro<> until_gone(pid_t pid) {
  while (!is_gone(pid)) co_await aio::sleep(1ms);
}

bool has_children() { return ::waitpid(-1, nullptr, WNOHANG) != -1 || errno != ECHILD; }

// ── its end ──

TEST(Process, EndsWithItsStatus) {  // PROC-01
  struct Body {
    static Coro<> main() {
      const Process process = co_await waits_for_input();
      EXPECT_GT(process.pid(), 0);
      EXPECT_EQ(process.returncode(), std::nullopt);
      process.input().close();
      EXPECT_EQ(co_await process.wait(), 0);
      EXPECT_EQ(process.returncode(), 0);
      const Process shell = co_await create_subprocess_shell("exit 3");
      EXPECT_EQ(co_await shell.wait(), 3);
    }
  };
  run_seeded(Body::main());
}

TEST(Process, ASignalThatEndsItIsNegative) {  // PROC-02
  struct Body {
    static Coro<> main() {
      const Process killed = co_await runs_for_ever();
      killed.kill();
      EXPECT_EQ(co_await killed.wait(), -SIGKILL);
      const Process terminated = co_await runs_for_ever();
      terminated.terminate();
      EXPECT_EQ(co_await terminated.wait(), -SIGTERM);
      const Process signalled = co_await runs_for_ever();
      signalled.send_signal(SIGUSR1);
      EXPECT_EQ(co_await signalled.wait(), -SIGUSR1);
    }
  };
  run_seeded(Body::main());
}

TEST(Process, NothingIsSentToOneThatHasEnded) {  // PROC-02
  struct Body {
    static int error(const std::function<void()>& call) {
      try {
        call();
      } catch (const std::system_error& error) {
        return error.code().value();
      }
      return 0;
    }
    static Coro<> main() {
      const Process process = co_await create_subprocess(argv("true"));
      co_await process.wait();
      EXPECT_EQ(error([&] { process.kill(); }), ESRCH);
      EXPECT_EQ(error([&] { process.terminate(); }), ESRCH);
      EXPECT_EQ(error([&] { process.send_signal(0); }), ESRCH);
      EXPECT_EQ(co_await process.stop(1h), 0);
    }
  };
  run_seeded(Body::main());
}

TEST(Process, EverybodyWhoWaitsIsTold) {  // PROC-06
  struct Body {
    static Coro<> main() {
      const Process process = co_await waits_for_input();
      std::vector<Task<int>> waits;
      for (int i = 0; i < 10; ++i) waits.push_back(aio::create_task(process.wait()));
      co_await aio::sleep(0s);
      process.input().close();
      for (const Task<int>& each : waits) EXPECT_EQ(co_await each, 0);
      EXPECT_EQ(co_await process.wait(), 0);
      EXPECT_EQ(co_await process.wait(), 0);
    }
  };
  run_seeded(Body::main());
}

TEST(Process, AWaitThatIsCancelledLeavesItAlone) {  // PROC-07
  struct Body {
    static Coro<> main() {
      const Process process = co_await waits_for_input();
      const Task<int> wait = aio::create_task(process.wait());
      co_await aio::sleep(0s);
      wait.cancel();
      EXPECT_THROW(co_await wait, CancelledError);
      try {
        co_await aio::wait_for(process.wait(), 1ms);
        ADD_FAILURE() << "it has not ended";
      } catch (const aio::TimeoutError&) {
      }
      EXPECT_EQ(process.returncode(), std::nullopt);
      process.input().close();
      EXPECT_EQ(co_await process.wait(), 0);
    }
  };
  run_seeded(Body::main());
}

TEST(Process, WhoWaitsForTheChildDoesNotWaitForAGrandchild) {  // PROC-13
  struct Body {
    static Coro<> main() {
      ProcessOptions options = with_output();
      options.more = {tests::lifeline()};
      const Process shell = co_await create_subprocess_shell("cat <&3 & echo $!", options);
      EXPECT_EQ(co_await shell.wait(), 0);
      const std::string line = co_await shell.output().read_line();
      ::kill(std::stoi(line), SIGKILL);
      EXPECT_EQ(co_await shell.output().read(), "") << "nobody has the pipe any more";
    }
  };
  run_seeded(Body::main());
}

TEST(Process, WhatItHasWrittenCanBeReadAfterwards) {  // PROC-12
  struct Body {
    static Coro<> main() {
      const Process process = co_await create_subprocess_shell("echo one; echo two", with_output());
      co_await process.wait();
      EXPECT_EQ(co_await process.output().read_line(), "one\n");
      EXPECT_EQ(co_await process.output().read_all(), "two\n");
    }
  };
  run_seeded(Body::main());
}

TEST(Process, AnIgnoredSigchldHidesHowItEnded) {
  struct Body {
    static Coro<> main() {
      const Process process = co_await waits_for_input();
      process.input().close();
      EXPECT_EQ(co_await error_of(process.wait()), ECHILD);
      EXPECT_EQ(process.returncode(), std::nullopt);
      EXPECT_EQ(tests::refusal([&] { process.kill(); }), "kill: No such process");
    }
  };
  ::signal(SIGCHLD, SIG_IGN);
  const AtEnd restore([] { ::signal(SIGCHLD, SIG_DFL); });
  run_seeded(Body::main());
}

// ── communicate ──

TEST(Communicate, FeedsAndCollects) {  // PROC-03
  struct Body {
    static Coro<> main() {
      const Process process =
          co_await create_subprocess_shell("cat; echo wrong >&2; exit 2", ProcessOptions::piped());
      const ProcessOutput all = co_await process.communicate("right");
      EXPECT_EQ(all.output, "right");
      EXPECT_EQ(all.errors, "wrong\n");
      EXPECT_EQ(all.returncode, 2);
    }
  };
  run_seeded(Body::main());
}

TEST(Communicate, WhatIsNoPipeGivesNothing) {  // PROC-03
  struct Body {
    static Coro<> main() {
      ProcessOptions options;
      options.output = options.errors = Stdio::null;
      const Process process = co_await create_subprocess_shell("echo lost; echo lost >&2", options);
      const ProcessOutput all = co_await process.communicate("nobody reads it");
      EXPECT_EQ(all.output + all.errors, "");
    }
  };
  run_seeded(Body::main());
}

TEST(Communicate, AfterTheInputHasEnded) {
  struct Body {
    static Coro<> main() {
      const Process process = co_await create_subprocess(argv("cat"), ProcessOptions::piped());
      co_await process.input().write_all("all of it");
      process.input().write_eof();
      const ProcessOutput all = co_await process.communicate();
      EXPECT_EQ(all.output, "all of it");
    }
  };
  run_seeded(Body::main());
}

TEST(Communicate, MuchInBothDirectionsAtOnce) {  // PROC-04
  struct Body {
    static Coro<> main() {
      const std::string much(3'000'000, 'x');
      const Process process = co_await create_subprocess(argv("cat"), ProcessOptions::piped());
      const ProcessOutput all = co_await process.communicate(much);
      EXPECT_TRUE(all.output == much);
      const Process talker = co_await create_subprocess_shell(
          "head -c 1000000 /dev/zero; head -c 1000000 /dev/zero >&2; cat >/dev/null",
          ProcessOptions::piped());
      const ProcessOutput both = co_await talker.communicate(much);
      EXPECT_EQ(both.output.size(), 1'000'000U);
      EXPECT_EQ(both.errors.size(), 1'000'000U);
    }
  };
  run_seeded(Body::main());
}

TEST(Communicate, AChildThatDoesNotListenIsNoError) {  // PROC-05
  struct Body {
    static Coro<> main() {
      const Process process =
          co_await create_subprocess_shell("exec <&-; echo deaf", ProcessOptions::piped());
      const ProcessOutput all = co_await process.communicate(std::string(1'000'000, 'x'));
      EXPECT_EQ(all.output, "deaf\n");
      EXPECT_EQ(all.returncode, 0);
    }
  };
  run_seeded(Body::main());
}

TEST(Process, WhoWritesToOneThatDoesNotListenIsTold) {  // PROC-05
  struct Body {
    static Coro<> main() {
      const Process process =
          co_await create_subprocess_shell("exec <&-; echo deaf; read x", ProcessOptions::piped());
      co_await process.output().read_line();
      process.input().write("anybody there?");
      EXPECT_EQ(co_await error_of(process.input().drain()), EPIPE);
      EXPECT_EQ(co_await error_of(process.input().wait_closed()), EPIPE);
    }
  };
  run_seeded(Body::main());
}

/// A pipe of the test's own, for what a child is to wait for.
struct Pipe {
  Pipe() {
    int ends[2] = {};
    aio::check_syscall("pipe2", ::pipe2(ends, O_CLOEXEC));
    reads = aio::UniqueFd(ends[0]);
    writes = aio::UniqueFd(ends[1]);
  }
  aio::UniqueFd reads, writes;
};

TEST(Communicate, WhatWasReadIsNotLostWhenItIsCancelled) {
  struct Body {
    static Coro<> main() {
      Pipe pipe;
      ProcessOptions options = ProcessOptions::piped();
      options.more = {pipe.reads.get()};
      const Process process =
          co_await create_subprocess_shell("echo one; read x <&3; echo two", options);
      const Task<ProcessOutput> all = aio::create_task(process.communicate());
      while (!process.output().state().has_input() && !all.done()) co_await aio::sleep(1ms);
      all.cancel();
      EXPECT_THROW(co_await all, CancelledError);
      pipe.writes.reset();
      const ProcessOutput again = co_await process.communicate();
      EXPECT_EQ(again.output, "one\ntwo\n");
    }
  };
  run_seeded(Body::main());
}

TEST(Seeded_Process, WhatWasReadIsNotLostWheneverItIsCancelled) {
  struct Body {
    static Coro<ProcessOutput> cancelled_after(const Process& process, int turns) {
      const Task<ProcessOutput> all = aio::create_task(process.communicate());
      for (int i = 0; i < turns; ++i) co_await aio::sleep(100us);
      all.cancel();
      try {
        co_return co_await all;
      } catch (const CancelledError&) {
      }
      co_return co_await process.communicate();
    }
    static Coro<> main() {
      for (int turns = 0; turns < 30; ++turns) {
        const Process process =
            co_await create_subprocess_shell("echo one; echo two", ProcessOptions::piped());
        const ProcessOutput all = co_await cancelled_after(process, turns);
        EXPECT_EQ(all.output, "one\ntwo\n") << "cancelled after turn " << turns;
      }
    }
  };
  run_seeded(Body::main());
}

// ── its beginning ──

TEST(CreateSubprocess, SaysWhyItCannot) {  // PROC-10
  struct Body {
    static Coro<std::string> refused(std::vector<std::string> words, ProcessOptions options) {
      try {
        co_await create_subprocess(words, options);
      } catch (const std::system_error& error) {
        co_return error.what();
      }
      co_return "nothing was thrown";
    }
    static Coro<> main() {
      const auto folder = tests::temporary("no-program");
      std::filesystem::create_directory(folder);
      ProcessOptions piped = ProcessOptions::piped(), elsewhere = piped, poor = piped;
      elsewhere.directory = "/nonesuch";
      poor.environment["PATH"] = folder;
      const std::string none = ": No such file or directory";
      EXPECT_EQ(co_await refused(argv("nonesuch"), piped),
                "create_subprocess: no program \"nonesuch\" in PATH" + none);
      EXPECT_EQ(co_await refused(argv("/nonesuch"), piped),
                "create_subprocess: cannot start \"/nonesuch\"" + none);
      EXPECT_EQ(co_await refused(argv("true"), poor),
                "create_subprocess: no program \"true\" in PATH" + none);
      EXPECT_EQ(co_await refused(argv("true"), elsewhere),
                "create_subprocess: the directory \"/nonesuch\"" + none);
      EXPECT_EQ(co_await refused(argv(folder.string()), piped),
                "create_subprocess: cannot start \"" + folder.string() + "\": Permission denied");
      std::filesystem::remove(folder);
    }
  };
  run_seeded(Body::main());
}

TEST(CreateSubprocess, AStartThatFailsLeavesNothingBehind) {  // PROC-10
  struct Body {
    static Coro<> main() {
      co_await error_of(create_subprocess(argv("/nonesuch"), ProcessOptions::piped()));
      const std::size_t before = open_descriptors();
      for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(co_await error_of(create_subprocess(argv("/nonesuch"), ProcessOptions::piped())),
                  ENOENT);
      }
      EXPECT_EQ(open_descriptors(), before);
      EXPECT_FALSE(has_children());
    }
  };
  run_seeded(Body::main());
}

TEST(CreateSubprocess, WithoutDescriptorsItFailsAndLeavesNothingBehind) {  // PROC-10
  struct Body {
    static Coro<> main() {
      const std::size_t before = open_descriptors();
      rlimit was{};
      ::getrlimit(RLIMIT_NOFILE, &was);
      const AtEnd restore([&was] { ::setrlimit(RLIMIT_NOFILE, &was); });
      int started = 0;
      for (rlim_t room = 0; room < 30; ++room) {            // each of its calls fails once
        const rlimit few{before - 1 + room, was.rlim_max};  // one belongs to who counted
        ::setrlimit(RLIMIT_NOFILE, &few);
        const int error = co_await error_of(runs_and_ends());
        EXPECT_TRUE(error == 0 || error == EMFILE) << error;
        if (error == 0) ++started;
      }
      ::setrlimit(RLIMIT_NOFILE, &was);
      EXPECT_GT(started, 0);
      EXPECT_LT(started, 30);
      EXPECT_EQ(open_descriptors(), before);
      EXPECT_FALSE(has_children());
    }
    static Coro<> runs_and_ends() {
      const Process process = co_await create_subprocess(argv("true"), ProcessOptions::piped());
      co_await process.wait();
    }
  };
  run_seeded(Body::main());
}

TEST(CreateSubprocess, CancelledItLeavesNothingBehind) {  // PROC-08
  struct Body {
    static Coro<> main() {
      const Task<Process> never = aio::create_task(runs_for_ever());
      never.cancel();
      EXPECT_THROW(co_await never, CancelledError);
      EXPECT_FALSE(has_children());
      pid_t pid = 0;
      {
        Task<Process> nobody_takes_it = aio::create_task(runs_for_ever());
        while (!nobody_takes_it.done()) co_await aio::sleep(0s);
        pid = nobody_takes_it.result().pid();
        nobody_takes_it.cancel();
      }
      co_await until_gone(pid);
    }
  };
  run_seeded(Body::main());
}

TEST(CreateSubprocess, RefusesWhatMakesNoSense) {
  struct Body {
    static Coro<std::string> refused(std::vector<std::string> words, ProcessOptions options) {
      try {
        co_await create_subprocess(words, options);
      } catch (const std::invalid_argument& error) {
        co_return error.what();
      }
      co_return "nothing was thrown";
    }
    static Coro<> main() {
      ProcessOptions plain, merged, named;
      merged.output = Stdio::merged;
      named.environment["a=b"] = "c";
      EXPECT_EQ(co_await refused({}, plain), "create_subprocess: which program?");
      EXPECT_EQ(co_await refused(argv("echo", std::string("a\0b", 3)), plain),
                "an argument of a process must not contain a NUL");
      EXPECT_EQ(co_await refused(argv("true"), merged),
                "Stdio::merged is for the errors of a process");
      EXPECT_EQ(co_await refused(argv("true"), named),
                "create_subprocess: no variable can have the name \"a=b\"");
      EXPECT_THROW(static_cast<void>(Stdio(Stdio::given)), std::invalid_argument);
      EXPECT_THROW(Stdio::descriptor(-1), std::invalid_argument);
    }
  };
  run_seeded(Body::main());
}

// ── what it gets ──

TEST(ProcessOptions_Stdio, CanBeMergedAndGiven) {  // PROC-11
  struct Body {
    static Coro<> main() {
      ProcessOptions merged = with_output();
      merged.errors = Stdio::merged;
      EXPECT_EQ(co_await output_of("echo one; echo two >&2; echo three", merged),
                "one\ntwo\nthree\n");
      const auto path = tests::temporary("given");
      const aio::UniqueFd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
      ProcessOptions given;
      given.output = Stdio::descriptor(file.get());
      const Process writes = co_await create_subprocess_shell("echo written", given);
      co_await writes.wait();
      ProcessOptions reads = with_output();
      ::lseek(file.get(), 0, SEEK_SET);
      reads.input = Stdio::descriptor(file.get());
      EXPECT_EQ(co_await output_of("cat", reads), "written\n");
      std::filesystem::remove(path);
    }
  };
  run_seeded(Body::main());
}

TEST(ProcessOptions_Stdio, NullHasNothingToRead) {  // PROC-11
  struct Body {
    static Coro<> main() {
      ProcessOptions null = with_output();
      null.input = Stdio::null;
      EXPECT_EQ(co_await output_of("cat; echo end", null), "end\n");
    }
  };
  run_seeded(Body::main());
}

TEST(ProcessOptions_Stdio, OthersAreNotInherited) {  // PROC-11
  struct Body {
    static Coro<> main() {
      const aio::UniqueFd leaky(::open("/dev/null", O_RDONLY));  // not CLOEXEC, as a library's
      const Process other = co_await waits_for_input();
      ProcessOptions options = ProcessOptions::piped();
      const std::string list =
          "for n in $(seq 0 99); do [ -e /proc/$$/fd/$n ] && printf '%s ' $n; done; true";
      EXPECT_EQ(co_await output_of(list, options), "0 1 2 ");
      options.more = {leaky.get(), leaky.get()};
      EXPECT_EQ(co_await output_of(list, options), "0 1 2 3 4 ");
      other.input().close();
      EXPECT_EQ(co_await other.wait(), 0) << "nobody else has the other end of its input";
    }
  };
  run_seeded(Body::main());
}

TEST(ProcessOptions_Stdio, MayBeClosedHere) {  // PROC-11
  struct Body {
    static Coro<bool> main() {
      const Process process =
          co_await create_subprocess_shell("cat; echo wrong >&2", ProcessOptions::piped());
      const ProcessOutput all = co_await process.communicate("right");
      co_return all.output == "right" && all.errors == "wrong\n";
    }
  };
  const pid_t child = ::fork();  // its pipes get the numbers that they are to become
  if (child == 0) {
    for (const int fd : {0, 1, 2}) ::close(fd);
    bool right = false;
    const std::string thrown = tests::refusal([&] { right = run_seeded(Body::main()); });
    ::_exit(right ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST(ProcessOptions, TheEnvironmentIsOursAndMore) {  // PROC-11
  struct Body {
    static Coro<> main() {
      ::setenv("LOOPWRIGHT_TEST_VARIABLE", "ours", 1);
      ProcessOptions options = with_output();
      const std::string show = "printf '%s,%s' \"$LOOPWRIGHT_TEST_VARIABLE\" \"$ADDED\"";
      EXPECT_EQ(co_await output_of(show, options), "ours,");
      options.environment = {{"ADDED", "more"}};
      EXPECT_EQ(co_await output_of(show, options), "ours,more");
      options.environment["LOOPWRIGHT_TEST_VARIABLE"] = "";
      EXPECT_EQ(co_await output_of(show, options), ",more");
      ProcessOptions clean = with_output();
      clean.clean_environment = true;
      clean.environment = {{"ADDED", "alone"}};
      const Process env = co_await create_subprocess(argv("env"), clean);
      const ProcessOutput all = co_await env.communicate();
      EXPECT_EQ(all.output, "ADDED=alone\n");
      ::unsetenv("LOOPWRIGHT_TEST_VARIABLE");
    }
  };
  run_seeded(Body::main());
}

TEST(ProcessOptions, ItRunsWhereItIsTold) {  // PROC-11
  struct Body {
    static Coro<> main() {
      const auto folder = std::filesystem::canonical(std::filesystem::temp_directory_path());
      ProcessOptions options = with_output();
      options.directory = folder;
      EXPECT_EQ(co_await output_of("pwd -P", options), folder.string() + "\n");
      options.directory = "/bin";
      const Process relative = co_await create_subprocess(argv("./true"), options);
      EXPECT_EQ(co_await relative.wait(), 0) << "a path of the program is seen from there";
    }
  };
  run_seeded(Body::main());
}

TEST(ProcessOptions, ItMayLeadASession) {  // PROC-11
  struct Body {
    static Coro<> main() {
      ProcessOptions session = with_output(), group = with_output();
      session.new_session = true;
      group.new_group = true;
      for (const ProcessOptions& options : {session, group}) {
        const Process process = co_await create_subprocess(argv("sleep", "1000"), options);
        EXPECT_EQ(::getpgid(process.pid()), process.pid());
        EXPECT_EQ(::getsid(process.pid()) == process.pid(), options.new_session);
      }
    }
  };
  run_seeded(Body::main());
}

/// The lines about signals of a child's /proc/…/status: which it blocks and ignores.
Coro<std::string> signals_of_a_child() {
  return output_of("grep -E 'SigBlk|SigIgn' /proc/self/status");
}

TEST(ProcessOptions, SignalsAreAsThisProcessFoundThem) {
  struct Body {
    static Coro<std::string> main() { co_return co_await signals_of_a_child(); }
    static Coro<int> ended_by(int signal) {
      const Process process = co_await runs_for_ever();
      process.send_signal(signal);
      co_return co_await process.wait();
    }
  };
  const std::string before = run_seeded(Body::main());
  sigset_t blocked, was;
  sigemptyset(&blocked);
  for (const int signal : {SIGTERM, SIGINT, SIGCHLD}) sigaddset(&blocked, signal);
  ::pthread_sigmask(SIG_BLOCK, &blocked, &was);
  ::signal(SIGPIPE, SIG_IGN);
  const AtEnd restore([&was] {
    ::signal(SIGPIPE, SIG_DFL);
    ::pthread_sigmask(SIG_SETMASK, &was, nullptr);
  });
  EXPECT_EQ(run_seeded(Body::main()), before);
  EXPECT_EQ(run_seeded(Body::ended_by(SIGTERM)), -SIGTERM);
}

// ── groups and ends ──

TEST(Process, ASignalReachesItsGroup) {
  struct Body {
    static Coro<> main() {
      ProcessOptions options = with_output();
      options.new_group = true;
      options.more = {tests::lifeline()};
      const Process shell = co_await create_subprocess_shell("cat <&3 & echo; wait", options);
      co_await shell.output().read_line();
      shell.signal_group(SIGTERM);
      EXPECT_EQ(co_await shell.output().read(), "") << "the grandchild has ended too";
      EXPECT_EQ(co_await shell.wait(), -SIGTERM);
      const Process alone = co_await runs_for_ever();
      EXPECT_EQ(tests::refusal([&] { alone.signal_group(SIGTERM); }),
                "signal_group: this process leads no group; start it with new_group");
    }
  };
  run_seeded(Body::main());
}

TEST(Process, StopIsPoliteFirst) {
  struct Body {
    static Coro<> main() {
      const Process polite = co_await runs_for_ever();
      EXPECT_EQ(co_await polite.stop(1h), -SIGTERM);
      const Process stubborn =
          co_await create_subprocess_shell("trap '' TERM; echo; read x", ProcessOptions::piped());
      co_await stubborn.output().read_line();
      EXPECT_EQ(co_await stubborn.stop(1ms), -SIGKILL);
      ProcessOptions group = ProcessOptions::piped();
      group.new_group = true;
      group.more = {tests::lifeline()};
      const Process family =
          co_await create_subprocess_shell("trap '' TERM; cat <&3 & echo; wait", group);
      co_await family.output().read_line();
      EXPECT_EQ(co_await family.stop(1ms), -SIGKILL);
      EXPECT_EQ(co_await family.output().read(), "") << "the grandchild has ended too";
    }
  };
  run_seeded(Body::main());
}

TEST(Process, TakesItsChildAlong) {  // PROC-09
  struct Body {
    static Coro<> main() {
      pid_t pid = 0;
      {
        const Process process = co_await waits_for_input();
        pid = process.pid();
      }
      co_await until_gone(pid);
      EXPECT_FALSE(has_children());
    }
  };
  run_seeded(Body::main());
}

TEST(Process, OneThatHasEndedIsNotKilled) {  // PROC-09
  struct Body {
    static Coro<> main() {
      std::optional<Process> process(co_await create_subprocess_shell("exit 7"));
      const Task<int> wait = aio::create_task(process->wait());
      siginfo_t ended{};
      ::waitid(P_PID, static_cast<id_t>(process->pid()), &ended, WEXITED | WNOWAIT);
      process.reset();  // before the loop has heard of it
      EXPECT_EQ(co_await wait, 7);
    }
  };
  run_seeded(Body::main());
}

TEST(Process, EndsWithTheLoopAtTheLatest) {  // PROC-09
  struct Body {
    static Coro<> main(std::optional<Process>& outlives) {
      outlives.emplace(co_await waits_for_input());
    }
  };
  std::optional<Process> outlives;
  run_seeded(Body::main(outlives));
  ASSERT_TRUE(outlives);
  EXPECT_EQ(outlives->returncode(), -SIGKILL);
  EXPECT_TRUE(is_gone(outlives->pid()));
}

TEST(Process, RunsOnWhenItIsDetached) {
  struct Body {
    static Coro<pid_t> main() {
      const Process process = co_await runs_for_ever();
      process.detach();
      co_return process.pid();
    }
  };
  const pid_t pid = run_seeded(Body::main());
  EXPECT_FALSE(is_gone(pid));
  ::kill(pid, SIGKILL);
  int status = 0;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  EXPECT_TRUE(WIFSIGNALED(status));
}

TEST(Process, ADetachedOneIsReapedWhileTheLoopRuns) {
  struct Body {
    static Coro<> main() {
      pid_t pid = 0;
      {
        const Process process = co_await waits_for_input();
        process.detach();
        pid = process.pid();
        process.input().close();
      }
      co_await until_gone(pid);
    }
  };
  run_seeded(Body::main());
}

TEST(Process, RefusesMisuse) {
  struct Body {
    static Coro<> main() {
      Process process = co_await runs_for_ever();
      EXPECT_EQ(tests::refusal([&] { process.output(); }),
                "Process::output: it is no pipe; start the process with Stdio::pipe for it");
      EXPECT_EQ(tests::refused_elsewhere([&] { process.kill(); }), tests::wrong_thread("Process"));
      const Process moved = std::move(process);
      EXPECT_EQ(tests::refusal([&] { process.kill(); }),
                "this Process is empty: it was moved from");
      EXPECT_EQ(moved.returncode(), std::nullopt);
    }
  };
  run_seeded(Body::main());
}

// ── many, and kernels that give no pidfd ──

Coro<> echo_through_cat(int number) {
  const std::string text(static_cast<std::size_t>(number) * 1000, static_cast<char>('a' + number));
  const Process process = co_await create_subprocess(argv("cat"), ProcessOptions::piped());
  const ProcessOutput all = co_await process.communicate(text);
  EXPECT_TRUE(all.output == text);
  EXPECT_EQ(all.returncode, 0);
}

Coro<> many_at_once() {
  std::vector<Task<>> all;
  for (int i = 0; i < 20; ++i) all.push_back(aio::create_task(echo_through_cat(i)));
  for (const Task<>& each : all) co_await each;
}

TEST(Seeded_Process, ManyAtOnce) {  // PROC-04 PROC-06
  const std::size_t before = open_descriptors();
  run_seeded(many_at_once());
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_FALSE(has_children());
}

TEST(Seeded_Process, CancelledAtAnyMomentNothingIsLeft) {  // PROC-08
  struct Body {
    static Coro<> main() {
      for (int turns = 0; turns < 12; ++turns) {
        const Task<> task = aio::create_task(echo_through_cat(9));
        for (int i = 0; i < turns; ++i) co_await aio::sleep(0s);
        task.cancel();
        try {
          co_await task;
        } catch (const CancelledError&) {
        }
      }
    }
  };
  const std::size_t before = open_descriptors();
  run_seeded(Body::main());
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_FALSE(has_children());
}

/// Lets pidfd_open() fail in this thread, as in a sandbox.
void refuse_pidfd_open(int error) {
  const auto answer = SECCOMP_RET_ERRNO | static_cast<std::uint32_t>(error);
  sock_filter filter[] = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, 0},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, SYS_pidfd_open},
      {BPF_RET | BPF_K, 0, 0, answer},
      {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW},
  };
  const sock_fprog program{4, filter};
  ASSERT_EQ(::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
  ASSERT_EQ(::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program), 0);
  ASSERT_EQ(::syscall(SYS_pidfd_open, ::getpid(), 0), -1);
}

class WithoutPidfd : public testing::TestWithParam<int> {
 protected:
  template <class T>
  void run_so(Coro<T> main) {
    std::thread([&] {
      refuse_pidfd_open(GetParam());
      EXPECT_EQ(tests::refusal([&] { run_seeded(std::move(main)); }), "nothing was thrown");
    }).join();
  }
};

TEST_P(WithoutPidfd, EverythingWorks) {  // PROC-01 PROC-02
  struct Body {
    static Coro<> main() {
      co_await many_at_once();
      const Process process = co_await runs_for_ever();
      EXPECT_EQ(co_await process.stop(1h), -SIGTERM);
      EXPECT_EQ(co_await error_of(kill(process)), ESRCH);
    }
    static Coro<> kill(const Process& process) {
      process.kill();
      co_return;
    }
  };
  run_so(Body::main());
  EXPECT_FALSE(has_children());
}

TEST_P(WithoutPidfd, ItTakesItsChildAlong) {  // PROC-09
  struct Body {
    static Coro<> main(std::optional<Process>& outlives) {
      pid_t pid = 0;
      {
        const Process process = co_await waits_for_input();
        pid = process.pid();
      }
      co_await until_gone(pid);
      outlives.emplace(co_await waits_for_input());
    }
  };
  std::optional<Process> outlives;
  run_so(Body::main(outlives));
  ASSERT_TRUE(outlives);
  EXPECT_EQ(outlives->returncode(), -SIGKILL);
  EXPECT_FALSE(has_children());
}

INSTANTIATE_TEST_SUITE_P(Kernels, WithoutPidfd, testing::Values(ENOSYS, EPERM));

}  // namespace
