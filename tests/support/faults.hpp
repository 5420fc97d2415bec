#pragma once
// Bad weather on demand, and the instruments that show what it did.

#include <cstddef>

#include <sys/resource.h>

namespace tests {

/// How many descriptors this process has open.
std::size_t open_descriptors();

/// While it lives, a signal arrives about every 200 µs, so that system calls fail with EINTR.
class SignalStorm {
 public:
  SignalStorm();
  ~SignalStorm();
  SignalStorm(const SignalStorm&) = delete;
  SignalStorm& operator=(const SignalStorm&) = delete;

  /// Signals that have arrived so far, to prove that the storm was real.
  static int signals();
};

/// While it lives, only `more` further descriptors can be opened, so that calls fail with EMFILE.
class DescriptorLimit {
 public:
  explicit DescriptorLimit(std::size_t more);
  ~DescriptorLimit();
  DescriptorLimit(const DescriptorLimit&) = delete;
  DescriptorLimit& operator=(const DescriptorLimit&) = delete;

 private:
  rlimit before_{};
};

/// Counts the waits (epoll_wait and its kin) of this process: a loop that spins shows here.
class PollCount {
 public:
  /// False under a sanitizer, which needs these calls for itself.
  static bool works();
  int made() const { return so_far() - start_; }

 private:
  static int so_far();
  int start_ = so_far();
};

}  // namespace tests
