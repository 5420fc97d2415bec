#pragma once
// Ends the sleep of an event loop from outside: from a signal handler, or from another thread.

#include <atomic>
#include <cerrno>
#include <cstdint>

#include <sys/eventfd.h>
#include <unistd.h>

#include <aio/support/syscall.hpp>

namespace aio {

/// An eventfd, and a flag that spares the write when the loop has been asked already. The
/// descriptor is watched edge-triggered: every write is a new edge, so nobody has to read it.
class Wakeup {
 public:
  /// Throws std::system_error when the kernel has no descriptor left.
  Wakeup() : fd_(check_syscall("eventfd", ::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC))) {}

  int descriptor() const { return fd_.get(); }
  /// Closes this process's copy of the descriptor: from now on asking does nothing.
  void abandon() noexcept { fd_.reset(); }

  /// Asks the loop to look. Any thread and any signal handler may call it.
  void ask() noexcept {
    if (asked_.exchange(true)) return;
    const int kept = errno;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(fd_.get(), &one, sizeof one);
    errno = kept;
  }
  bool asked() const { return asked_.load(std::memory_order_relaxed); }
  /// The loop is about to look: who asks from now on wakes it anew.
  void answer() { asked_.exchange(false); }

 private:
  UniqueFd fd_;
  std::atomic<bool> asked_ = false;
};

}  // namespace aio
