#pragma once
// The programs that the runtime has started, to see whether all of them were reaped.

#include <algorithm>
#include <array>
#include <atomic>
#include <cstddef>

#include <signal.h>
#include <sys/types.h>

namespace tests {

class Children {
 public:
  /// Any thread.
  void note(pid_t pid) noexcept { all_[count_++ % all_.size()] = pid; }
  void forget() noexcept { count_ = 0; }
  /// Is one of those noted still there, running or to be reaped?
  bool any_left() const noexcept {
    const auto* const end = all_.begin() + std::min<std::size_t>(count_, all_.size());
    return std::any_of(all_.begin(), end, [](pid_t pid) { return ::kill(pid, 0) == 0; });
  }

 private:
  std::array<std::atomic<pid_t>, 256> all_{};
  std::atomic<std::size_t> count_ = 0;
};

inline constinit Children children;

}  // namespace tests
