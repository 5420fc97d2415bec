#include "run_command.hpp"

#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <aio/support/syscall.hpp>
#include <aio/wait_for.hpp>

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

[[noreturn]] void become(const Command& command, int output, const std::vector<char*>& argv) {
  if (!command.shares_terminal) ::setsid();
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (!command.inherit_output && !command.shares_terminal) {
    ::dup2(::open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
  }
  for (const auto& [name, value] : command.environment) {
    ::setenv(name.c_str(), value.c_str(), 1);
  }
  ::execvp(argv[0], argv.data());
  ::perror(argv[0]);
  ::_exit(127);
}

/// Who started each process that there is.
std::map<pid_t, pid_t> parents() {
  std::map<pid_t, pid_t> parents;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", gone)) {
    const pid_t pid = std::atoi(entry.path().filename().c_str());
    if (pid == 0) continue;
    std::ifstream file(entry.path() / "stat");
    const std::string stat(std::istreambuf_iterator<char>(file), {});
    std::istringstream after_the_name(stat.substr(std::min(stat.size(), stat.rfind(')') + 1)));
    char state = 0;
    pid_t parent = 0;
    if (after_the_name >> state >> parent) parents[pid] = parent;
  }
  return parents;
}

void kill_descendants(pid_t of) {
  const auto parent_of = parents();
  const auto descends = [&](pid_t pid) {
    for (auto at = parent_of.find(pid); at != parent_of.end(); at = parent_of.find(at->second)) {
      if (at->second == of) return true;
    }
    return false;
  };
  for (const auto& [pid, parent] : parent_of) {
    if (descends(pid)) ::kill(pid, SIGKILL);
  }
}

/// Stands between us and a command. Whose parent ends becomes a child of the keeper, also in a
/// session of its own: so while it has children the command has left something, and only then.
class Keeper {
 public:
  /// In a new process, which ends here: with the command, when it is told to (SIGTERM), or when we
  /// end. By then all that the command has started has ended. Writes how the command ended.
  [[noreturn]] static void keep(const Command& command, int output, int status, pid_t us,
                                const std::vector<char*>& argv) {
    ::setsid();
    sigset_t signals;
    sigemptyset(&signals);
    for (const int signal : {SIGCHLD, SIGTERM}) sigaddset(&signals, signal);
    ::sigprocmask(SIG_SETMASK, &signals, nullptr);
    ::signal(SIGCHLD, SIG_DFL);
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (::getppid() != us) ::_exit(1);
    const pid_t pid = ::fork();
    if (pid == 0) become(command, output, argv);
    const int end = pid == -1 ? 0 : wait_for(pid, signals);
    for (int round = 0; round < rounds && has_children(); ++round) {
      kill_descendants(::getpid());
      ::waitpid(-1, nullptr, 0);
    }
    ::_exit(::write(status, &end, sizeof end) == sizeof end ? 0 : 1);
  }

 private:
  static constexpr int rounds = 1000;  // what is being started meanwhile dies in another one

  static bool has_children() {
    pid_t ended = 0;
    do {
      ended = ::waitpid(-1, nullptr, WNOHANG);
    } while (ended > 0);
    return ended == 0;
  }

  /// How it ended, or how it is about to end.
  static int wait_for(pid_t pid, const sigset_t& signals) {
    for (;;) {
      if (::sigwaitinfo(&signals, nullptr) == SIGTERM) return SIGKILL;
      int status = 0;
      for (pid_t ended = 1; ended > 0;) {
        ended = ::waitpid(-1, &status, WNOHANG);
        if (ended == pid) return status;
      }
    }
  }
};

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{};
    check_syscall("pipe2", ::pipe2(ends.data(), O_CLOEXEC));
    output = UniqueFd(ends[0]);
    input = UniqueFd(ends[1]);
  }
  UniqueFd output, input;
};

/// A running child, which ends with this object at the latest, and all that it has started with it.
/// One that shares the terminal has no keeper: what an editor leaves behind is the learner's.
class Child {
 public:
  explicit Child(const Command& command) : is_kept_(!command.shares_terminal) {
    Pipe output, status;
    check_syscall("fcntl", ::fcntl(output.output.get(), F_SETFL, O_NONBLOCK));
    std::vector<char*> argv;
    for (const std::string& word : command.argv) argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    const pid_t us = ::getpid();
    pid_ = check_syscall("fork", ::fork());
    if (pid_ == 0) {
      if (!is_kept_) become(command, output.input.get(), argv);
      Keeper::keep(command, output.input.get(), status.input.get(), us, argv);
    }
    output_ = std::move(output.output);
    status_ = std::move(status.output);
    end_ =
        UniqueFd(check_syscall("pidfd_open", static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))));
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    if (!reaped_) end_now();
  }

  int output() const { return output_.get(); }
  int end() const { return end_.get(); }

  /// Ends it, if it has not ended, and returns how it ended. REQUIRES: called once.
  int end_now() {
    ::kill(pid_, is_kept_ ? SIGTERM : SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) == -1 && errno == EINTR) {
    }
    reaped_ = true;
    int kept = 0;
    const bool is_told =
        is_kept_ && WIFEXITED(status) && ::read(status_.get(), &kept, sizeof kept) == sizeof kept;
    return is_told ? kept : status;
  }

 private:
  bool is_kept_;
  pid_t pid_ = -1;
  UniqueFd output_, status_, end_;
  bool reaped_ = false;
};

/// Waits until a descriptor can be read.
aio::Coro<> readable(int fd) {
  struct Watch {
    int fd;
    ~Watch() { aio::running_loop().remove_reader(fd); }
  };
  aio::Future<> ready;
  aio::running_loop().add_reader(fd, [ready] {
    if (!ready.done()) ready.set_result();
  });
  const Watch watch{fd};
  co_await ready;
}

/// Reads what there is; false at the end.
bool read_some(int fd, const std::function<void(std::string_view)>& take) {
  std::array<char, 16 * 1024> buffer;
  for (;;) {
    const ssize_t got = ::read(fd, buffer.data(), buffer.size());
    if (got == -1 && errno == EINTR) continue;
    if (got == -1 && errno == EAGAIN) return true;
    if (got <= 0) return false;
    take(std::string_view(buffer.data(), static_cast<std::size_t>(got)));
  }
}

aio::Coro<> collect(int fd, const std::function<void(std::string_view)>& take) {
  do {
    co_await readable(fd);
  } while (read_some(fd, take));
}

}  // namespace

aio::Coro<Outcome> run_command(Command command) {
  Child child(command);
  Outcome outcome;
  BoundedText text;
  LineSplitter lines(command.on_line);
  const std::function<void(std::string_view)> take = [&](std::string_view some) {
    text.add(some);
    lines.add(some);
  };
  const aio::Task<> output = aio::create_task(collect(child.output(), take));
  std::optional<aio::Delay> limit;
  if (command.limit) limit = aio::Delay(*command.limit);
  try {
    co_await aio::wait_for(readable(child.end()), limit);
  } catch (const aio::TimeoutError&) {
    outcome.timed_out = true;
  } catch (...) {
    output.cancel();
    throw;
  }
  const int status = child.end_now();
  outcome.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + outcome.signal;
  output.cancel();  // a grandchild may hold the pipe open; what has been written is there already
  try {
    co_await output;
  } catch (const aio::CancelledError&) {
  }
  read_some(child.output(), take);
  outcome.output = text.text();
  co_return outcome;
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
