#pragma once
// What epoll was told by the runtime, so that a descriptor can be reported once more: after an
// EAGAIN that was made up, which promises an event; and to find out whether a wake-up was lost.
//
// A test may come to a stop because a peer has failed. Then nothing helps it on. But if it goes on
// when all descriptors are reported again, the runtime had been told before, and has lost that.

#include <array>
#include <atomic>
#include <cstdint>

#include <sys/epoll.h>

namespace tests {

/// The descriptors that are registered. Any thread may call its members.
class Registrations {
 public:
  /// An epoll_ctl() that has succeeded.
  void note(int epoll, int what, int fd, const epoll_event* event) noexcept;
  /// Has the kernel report `fd` once more, if it is registered and has something to report.
  void report_again(int fd) noexcept;

  /// Whether to tell loops that have nothing to do of everything once more.
  void rattle(bool yes) {
    rattles_ = yes;
    left_ = most;
  }
  bool rattles() const { return rattles_; }
  /// Has the kernel report all that is registered with `epoll`. Returns false when it has been done
  /// again and again, and nothing else has come since.
  bool report_all_again(int epoll) noexcept;
  /// Something came by itself.
  void heard() noexcept { left_ = most; }

 private:
  struct Registration {
    std::atomic<int> epoll = -1;
    std::atomic<std::uint32_t> events = 0;
    std::atomic<std::uint64_t> data = 0;
  };
  static constexpr int most = 3;

  void report(int epoll, int fd, const Registration& known) noexcept;

  std::array<Registration, 1024> all_{};
  std::atomic<bool> rattles_ = false;
  std::atomic<int> left_ = most;
};

extern Registrations registrations;

}  // namespace tests
