#include "run_command.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>

#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <aio/process.hpp>
#include <aio/support/syscall.hpp>
#include <aio/wait_for.hpp>

#include "keeper.hpp"

namespace coach {

namespace {

using aio::check_syscall;
using aio::UniqueFd;

/// Keeps the beginning and the end of a long text.
class BoundedText {
 public:
  void add(std::string_view text) {
    const std::size_t room = head_limit - std::min(head_limit, head_.size());
    head_ += text.substr(0, room);
    tail_ += text.substr(std::min(room, text.size()));
    if (tail_.size() > 2 * tail_limit) {
      dropped_ = true;
      tail_.erase(0, tail_.size() - tail_limit);
    }
  }
  std::string text() const {
    return dropped_ ? head_ + "\n[… a part of the output is left out …]\n" + tail_ : head_ + tail_;
  }

 private:
  static constexpr std::size_t head_limit = 256 * 1024, tail_limit = 64 * 1024;
  std::string head_, tail_;
  bool dropped_ = false;
};

class LineSplitter {
 public:
  explicit LineSplitter(std::function<void(std::string_view)> on_line)
      : on_line_(std::move(on_line)) {}
  void add(std::string_view text) {
    if (!on_line_) return;
    pending_ += text;
    for (std::size_t end; (end = pending_.find('\n')) != std::string::npos;) {
      on_line_(std::string_view(pending_).substr(0, end));
      pending_.erase(0, end + 1);
    }
  }

 private:
  std::function<void(std::string_view)> on_line_;
  std::string pending_;
};

aio::ProcessOptions options_of(const Command& command) {
  aio::ProcessOptions options;
  options.environment = {command.environment.begin(), command.environment.end()};
  if (command.shares_terminal) return options;
  options.new_session = true;
  if (command.inherit_output) return options;
  options.input = aio::Stdio::null;
  options.output = aio::Stdio::pipe;
  options.errors = aio::Stdio::merged;
  return options;
}

/// One that shares the terminal has no keeper: what an editor leaves behind is the learner's.
aio::Coro<aio::Process> start(const Command& command) {
  return aio::create_subprocess(
      command.shares_terminal ? tied_to_us(command.argv) : kept(command.argv), options_of(command));
}

/// Ends a process, and waits for that, however a coroutine is left: its keeper has to end all that
/// the command has started before it may go. The loop reaps it.
class Ending {
 public:
  Ending(const aio::Process& process, const Command& command)
      : process_(process), signal_(command.shares_terminal ? SIGKILL : SIGTERM) {}
  Ending(const Ending&) = delete;
  Ending& operator=(const Ending&) = delete;
  ~Ending() { end(); }

  void end() const {
    if (process_.returncode()) return;
    const pid_t pid = process_.pid();  // nobody else's: it was not reaped
    ::kill(pid, signal_);
    siginfo_t ended{};
    while (::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOWAIT) == -1 &&
           errno == EINTR) {
    }
  }

 private:
  const aio::Process& process_;
  const int signal_;
};

/// Takes what a process writes, until nobody has its output any more.
aio::Coro<> collect(const aio::Process& process,
                    const std::function<void(std::string_view)>& take) {
  for (;;) {
    const std::string some = co_await process.output().read();
    if (some.empty()) co_return;
    take(some);
  }
}

/// Takes the output while the process runs, and then what is left of it. All who had it have ended
/// then; if one has not, it is not waited for.
class Output {
 public:
  Output(const Command& command, const aio::Process& process,
         const std::function<void(std::string_view)>& take) {
    if (command.inherit_output || command.shares_terminal) return;
    task_ = aio::create_task(collect(process, take));
  }
  Output(const Output&) = delete;
  Output& operator=(const Output&) = delete;
  ~Output() {
    if (task_) task_->cancel();
  }

  aio::Coro<> end() {
    if (!task_) co_return;
    try {
      co_await aio::wait_for(*task_, std::chrono::seconds(1));
    } catch (const aio::TimeoutError&) {
    }
  }

 private:
  std::optional<aio::Task<>> task_;
};

}  // namespace

aio::Coro<Outcome> run_command(Command command) {
  Outcome outcome;
  BoundedText text;
  LineSplitter lines(command.on_line);
  const std::function<void(std::string_view)> take = [&](std::string_view some) {
    text.add(some);
    lines.add(some);
  };
  const aio::Process process = co_await start(command);
  Output output(command, process, take);
  const Ending ending(process, command);
  std::optional<aio::Delay> limit;
  if (command.limit) limit = aio::Delay(*command.limit);
  try {
    co_await aio::wait_for(process.wait(), limit);
  } catch (const aio::TimeoutError&) {
    outcome.timed_out = true;
    ending.end();
  }
  const int returncode = co_await process.wait();
  outcome.signal = returncode < 0 ? -returncode : 0;
  outcome.status = returncode < 0 ? 128 + outcome.signal : returncode;
  co_await output.end();
  outcome.output = text.text();
  co_return outcome;
}

aio::Coro<int> let_go(std::vector<std::string> argv) {
  argv.insert(argv.begin(), {"setsid", "--fork"});
  aio::ProcessOptions options;
  options.input = options.output = options.errors = aio::Stdio::null;
  aio::Process begins = co_await aio::create_subprocess(std::move(argv), std::move(options));
  co_return co_await begins.wait();
}

int run_interruptible(aio::Coro<int> main) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  check_syscall("sigprocmask", ::sigprocmask(SIG_BLOCK, &signals, nullptr));
  const UniqueFd caught(check_syscall("signalfd", ::signalfd(-1, &signals, SFD_CLOEXEC)));
  aio::Runner runner;
  int received = 0;
  const aio::Task<int> task = runner.loop().create_task(std::move(main));
  runner.loop().add_reader(caught.get(), [&] {
    signalfd_siginfo info{};
    if (::read(caught.get(), &info, sizeof info) == sizeof info) {
      received = static_cast<int>(info.ssi_signo);
    }
    task.cancel();
  });
  try {
    return runner.loop().run_until_complete(task);
  } catch (const aio::CancelledError&) {
    throw Interrupted{received};
  }
}

}  // namespace coach
