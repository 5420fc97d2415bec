#pragma once
// Signals as events of the loop: blocked, and read from a descriptor when the loop comes to it.

#include <functional>
#include <initializer_list>

#include <csignal>

#include <aio/event_loop.hpp>
#include <aio/support/syscall.hpp>

namespace coach {

/// While it lives, these signals do nothing but call back, in the loop that ran when it was made.
class Signals {
 public:
  Signals(std::initializer_list<int> signals, std::function<void(int signal)> on_signal);
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;
  ~Signals();

 private:
  void read_one();

  std::function<void(int)> on_signal_;
  aio::EventLoop& loop_;
  sigset_t before_{};
  aio::UniqueFd descriptor_;
};

/// Stops this process as Ctrl-Z does. Returns when it is continued; at once where nobody could
/// continue it.
void stop_until_continued();

}  // namespace coach
