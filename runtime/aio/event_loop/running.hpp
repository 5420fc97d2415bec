#pragma once
// Which loop runs in this thread. At most one does, and it marks itself for as long as it runs.

#include <stdexcept>

#include <aio/support/ref.hpp>

namespace aio {

class EventLoop;

namespace detail {

inline constinit thread_local EventLoop* loop_of_this_thread = nullptr;

/// Lets a future, which may outlive its loop, find out whether the loop still exists.
struct LoopAnchor : RefCounted {
  EventLoop* loop = nullptr;
};

/// Marks the loop as running in this thread, for as long as the object lives.
class Running {
 public:
  /// Throws std::logic_error when the loop cannot run: it is closed, or runs already, or another
  /// one runs in this thread.
  explicit Running(EventLoop& loop);
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running();

 private:
  EventLoop& loop_;
};

[[noreturn, gnu::cold]] inline void throw_no_loop() {
  throw std::logic_error("no event loop runs in this thread; start one with aio::run()");
}

}  // namespace detail

/// The loop that runs in this thread. Throws std::logic_error when none does.
inline EventLoop& running_loop() {
  if (detail::loop_of_this_thread == nullptr) detail::throw_no_loop();
  return *detail::loop_of_this_thread;
}

}  // namespace aio
