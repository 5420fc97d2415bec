#include "keeper.hpp"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <sstream>
#include <string_view>

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace coach {

namespace {

constexpr std::string_view keep = "--keep-command", become = "--become-command";

std::vector<std::string> started_again(std::string_view as,
                                       const std::vector<std::string>& command) {
  std::vector<std::string> words{"/proc/self/exe", std::string(as), std::to_string(::getpid())};
  words.insert(words.end(), command.begin(), command.end());
  return words;
}

/// Becomes the command, which ends with its parent and leaves no core.
[[noreturn]] void become_command(char** argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::execvp(argv[0], argv);
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

bool has_children() {
  pid_t ended = 0;
  do {
    ended = ::waitpid(-1, nullptr, WNOHANG);
  } while (ended > 0);
  return ended == 0;
}

/// How the command ended, or how it is about to end.
int wait_for_command(pid_t pid, const sigset_t& signals) {
  for (;;) {
    if (::sigwaitinfo(&signals, nullptr) == SIGTERM) return SIGKILL;
    int status = 0;
    for (pid_t ended = 1; ended > 0;) {
      ended = ::waitpid(-1, &status, WNOHANG);
      if (ended == pid) return status;
    }
  }
}

/// Ends as the command did.
[[noreturn]] void end_like(int status) {
  if (!WIFSIGNALED(status)) ::_exit(WEXITSTATUS(status));
  const int signal = WTERMSIG(status);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  ::raise(signal);
  ::sigprocmask(SIG_UNBLOCK, &only, nullptr);
  ::_exit(128 + signal);
}

[[noreturn]] void keep_command(pid_t us, char** argv) {
  constexpr int rounds = 1000;  // what is being started meanwhile dies in another one
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGCHLD, SIGTERM}) sigaddset(&signals, signal);
  ::sigprocmask(SIG_SETMASK, &signals, nullptr);
  ::signal(SIGCHLD, SIG_DFL);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != us) ::_exit(1);
  const pid_t pid = ::fork();
  if (pid == 0) {
    ::setsid();
    become_command(argv);
  }
  const int status = pid == -1 ? 0 : wait_for_command(pid, signals);
  for (int round = 0; round < rounds && has_children(); ++round) {
    kill_descendants(::getpid());
    ::waitpid(-1, nullptr, 0);
  }
  end_like(status);
}

/// Before main(), in whatever program this is linked into: was it started again as one of these?
[[gnu::constructor]] void start_as_asked(int argc, char** argv) {
  if (argc < 4) return;
  const pid_t us = std::atoi(argv[2]);
  if (argv[1] == keep) keep_command(us, argv + 3);
  if (argv[1] != become) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != us) ::_exit(1);
  become_command(argv + 3);
}

}  // namespace

std::vector<std::string> kept(const std::vector<std::string>& command) {
  return started_again(keep, command);
}

std::vector<std::string> tied_to_us(const std::vector<std::string>& command) {
  return started_again(become, command);
}

}  // namespace coach
