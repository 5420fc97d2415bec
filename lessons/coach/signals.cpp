#include "signals.hpp"

#include <utility>

#include <sys/signalfd.h>
#include <unistd.h>

namespace coach {

namespace {

sigset_t set_of(std::initializer_list<int> signals) {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : signals) sigaddset(&set, signal);
  return set;
}

}  // namespace

Signals::Signals(std::initializer_list<int> signals, std::function<void(int)> on_signal)
    : on_signal_(std::move(on_signal)), loop_(aio::running_loop()) {
  const sigset_t set = set_of(signals);
  aio::check_syscall("sigprocmask", ::sigprocmask(SIG_BLOCK, &set, &before_));
  descriptor_ = aio::UniqueFd(
      aio::check_syscall("signalfd", ::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK)));
  loop_.add_reader(descriptor_.get(), [this] { read_one(); });
}

Signals::~Signals() {
  loop_.remove_reader(descriptor_.get());
  ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

void Signals::read_one() {
  signalfd_siginfo info{};
  if (::read(descriptor_.get(), &info, sizeof info) != sizeof info) return;
  on_signal_(static_cast<int>(info.ssi_signo));
}

void stop_until_continued() {
  const sigset_t stop = set_of({SIGTSTP});
  ::raise(SIGTSTP);
  ::sigprocmask(SIG_UNBLOCK, &stop, nullptr);  // here we stop
  ::sigprocmask(SIG_BLOCK, &stop, nullptr);
}

}  // namespace coach
