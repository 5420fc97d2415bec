#pragma once
// What a loop runs: a Ready is a link in the ready queue, and what to do when its turn comes.
//
// A callback is one kind of Ready (see handle.hpp), the reader of a descriptor another (see
// descriptors.hpp); the layers above add theirs, such as tasks and done callbacks. It lives in its
// owner's memory, so that queueing it allocates nothing.

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>

#include <aio/support/list.hpp>
#include <aio/timers.hpp>

namespace aio {

namespace detail {
class FutureBase;  // of lesson 05
}

using Callback = std::move_only_function<void()>;

/// Something the loop can run: a link in the ready queue, and what to do when its turn comes.
/// Its owner keeps it alive while it is queued, or destroys it, which takes it out of the queue.
class Ready : public Link<> {
 public:
  virtual void run() = 0;
  /// Dropped without having run, because the loop is closed.
  virtual void discard() noexcept {}
  /// For reports: what this is.
  virtual std::string describe() const { return "callback"; }
  /// For reports, of what waits for a future: on whose behalf. Null when nobody knows.
  virtual const detail::FutureBase* for_whom() const { return nullptr; }

 protected:
  ~Ready() = default;
};

/// A Ready that is queued when its time has come.
class TimedReady : public Ready, public Timer {};

/// A Ready that other threads may queue, through EventLoop::post().
class Posted : public Ready {
 public:
  std::size_t mailed = 0;  // the mailbox's

 protected:
  ~Posted() = default;
};

namespace detail {

/// Throws std::invalid_argument for a callback that calls nothing.
inline void refuse_empty(const Callback& callback) {
  if (!callback) throw std::invalid_argument("the event loop was given an empty callback");
}

}  // namespace detail
}  // namespace aio
