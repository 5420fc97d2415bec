#pragma once
// A child as the kernel knows it: by a descriptor (pidfd), which is never another process's, and
// which epoll can wait for. Where the kernel gives none, by its number, which is the child's until
// it is reaped; then a thread waits for its end.

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <thread>
#include <utility>

#include <signal.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <aio/event_loop.hpp>
#include <aio/stream.hpp>
#include <aio/support/signals_blocked.hpp>
#include <aio/support/syscall.hpp>
#include <aio/threads.hpp>

namespace aio::detail {

/// A descriptor of process `pid`; none where there are none (a kernel before 5.3, a sandbox).
/// Throws std::system_error when there are too many.
inline UniqueFd open_pidfd(pid_t pid) {
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (fd == -1 && (errno == ENOSYS || errno == EPERM)) return UniqueFd();
  return UniqueFd(check_syscall("pidfd_open", fd));
}

/// Hears, on the loop, that a child has ended.
class EndOfChild {
 public:
  virtual void child_ended() = 0;

 protected:
  ~EndOfChild() = default;
};

/// A thread that waits for the end of a child, for want of a pidfd. It leaves the child to be
/// reaped by who started it.
class WaitingThread final : public Posted {
 public:
  /// Throws std::system_error when there is no thread.
  static std::shared_ptr<WaitingThread> start(pid_t pid, EndOfChild& listener) {
    const auto shared = std::make_shared<WaitingThread>(listener);
    const SignalsBlocked blocked;
    std::thread([shared, pid, door = LoopDoor::here()] {
      siginfo_t ignored{};
      while (::waitid(P_PID, static_cast<id_t>(pid), &ignored, WEXITED | WNOWAIT) == -1 &&
             errno == EINTR) {
      }
      shared->self_ = shared;
      if (!door->post(*shared)) shared->discard();
    }).detach();
    return shared;
  }
  explicit WaitingThread(EndOfChild& listener)
      : expected_(running_loop().expect_wakeup()), listener_(&listener) {}

  /// The loop's thread.
  void forget() {
    listener_ = nullptr;
    expected_ = ExpectedWakeup();
  }
  void run() override {
    const auto last = std::move(self_);
    if (listener_ != nullptr) listener_->child_ended();
  }
  void discard() noexcept override { const auto last = std::move(self_); }
  std::string describe() const override { return "a thread that waits for a child process"; }

 private:
  ExpectedWakeup expected_;
  EndOfChild* listener_;  // null: nobody waits
  std::shared_ptr<WaitingThread> self_;
};

/// A child of this process. One that was not reaped is killed and reaped at the end.
class KernelChild {
 public:
  /// Throws std::system_error; the child is killed and reaped then.
  KernelChild(EventLoop& loop, pid_t pid) : pid_(pid), fd_(loop, open_or_kill(pid)) {}
  KernelChild(const KernelChild&) = delete;
  KernelChild& operator=(const KernelChild&) = delete;
  ~KernelChild() {
    stop_watching();
    if (reaped_) return;
    send(SIGKILL);
    reap(true);
  }

  EventLoop* loop() const { return fd_.loop(); }  // null when it has gone
  pid_t pid() const { return pid_; }
  bool reaped() const { return reaped_; }

  /// `sink` or `listener` hears of its end. Throws std::system_error.
  void watch(EventSink& sink, EndOfChild& listener) {
    if (fd_) return fd_.attach(sink);
    thread_ = WaitingThread::start(pid_, listener);
  }
  void stop_watching() noexcept {
    fd_.detach();
    if (thread_ != nullptr) std::exchange(thread_, nullptr)->forget();
  }

  /// Returns 0, or why the signal could not be sent. A number may be another process's once the
  /// child is reaped; a descriptor never is.
  int send(int signal) noexcept {
    if (reaped_) return ESRCH;
    if (!fd_) return ::kill(pid_, signal) == 0 ? 0 : errno;
    return ::syscall(SYS_pidfd_send_signal, fd_.get(), signal, nullptr, 0) == 0 ? 0 : errno;
  }
  /// The same, for the group that it leads. After its end only a kernel since 6.9 can tell whether
  /// the group is still the same.
  int send_to_group(int signal) noexcept {
    constexpr unsigned process_group = 4;  // PIDFD_SIGNAL_PROCESS_GROUP
    if (fd_ && ::syscall(SYS_pidfd_send_signal, fd_.get(), signal, nullptr, process_group) == 0) {
      return 0;
    }
    if (reaped_) return ESRCH;
    return ::kill(-pid_, signal) == 0 ? 0 : errno;
  }

  /// Takes how it ended: 0 to 255, or minus the signal. Nothing while it runs; with `wait`, waits.
  /// Afterwards reaped() tells whether it is over: its status is lost when somebody else has
  /// taken it, or when SIGCHLD is ignored.
  std::optional<int> reap(bool wait) noexcept {
    siginfo_t info{};
    int result = -1;
    do {
      result =
          fd_ ? ::waitid(static_cast<idtype_t>(3) /* P_PIDFD */, static_cast<id_t>(fd_.get()),
                         &info, WEXITED | (wait ? 0 : WNOHANG))
              : ::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | (wait ? 0 : WNOHANG));
    } while (result == -1 && errno == EINTR);
    reaped_ = result == -1 || info.si_pid != 0;
    if (result == -1 || info.si_pid == 0) return std::nullopt;
    return info.si_code == CLD_EXITED ? info.si_status : -info.si_status;
  }
  /// It runs on, and is nobody's.
  void let_go() noexcept {
    stop_watching();
    reaped_ = true;
  }

 private:
  static UniqueFd open_or_kill(pid_t pid) {
    try {
      return open_pidfd(pid);
    } catch (...) {
      ::kill(pid, SIGKILL);
      while (::waitpid(pid, nullptr, 0) == -1 && errno == EINTR) {
      }
      throw;
    }
  }

  const pid_t pid_;
  AttachedFd fd_;  // none: the number is used
  std::shared_ptr<WaitingThread> thread_;
  bool reaped_ = false;
};

}  // namespace aio::detail
