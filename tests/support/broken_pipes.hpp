#pragma once
// Writing to a connection that is gone raises SIGPIPE, which would end the whole program of tests.

#include <csignal>

namespace tests {

/// Counts the SIGPIPEs that are raised while it lives, which then end nothing. One at a time.
class BrokenPipes {
 public:
  BrokenPipes() {
    raised_ = 0;
    struct sigaction counting {};
    counting.sa_handler = [](int) { raised_ = raised_ + 1; };
    sigaction(SIGPIPE, &counting, &before_);
  }
  BrokenPipes(const BrokenPipes&) = delete;
  BrokenPipes& operator=(const BrokenPipes&) = delete;
  ~BrokenPipes() { sigaction(SIGPIPE, &before_, nullptr); }

  int count() const { return raised_; }

 private:
  inline static volatile std::sig_atomic_t raised_ = 0;
  struct sigaction before_ {};
};

}  // namespace tests
