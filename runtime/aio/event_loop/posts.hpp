#pragma once
// What comes from other threads: they put it into the mailbox and wake the loop, which takes it out
// in the middle of its next poll.

#include <memory>
#include <new>
#include <utility>

#include <aio/event_loop.hpp>

namespace aio {

namespace detail {

/// A callback that another thread has sent. Nobody has a handle to it: it owns itself.
class PostedCallback final : public Ready, public Pooled {
 public:
  explicit PostedCallback(Callback& callback) : callback_(std::move(callback)) {}
  void run() override {
    const std::unique_ptr<PostedCallback> self(this);
    callback_();
  }
  void discard() noexcept override { delete this; }

 private:
  Callback callback_;
};

}  // namespace detail

inline void EventLoop::call_soon_threadsafe(Callback callback) {
  if (detail::loop_of_this_thread == this) {
    call_soon(std::move(callback));
    return;
  }
  detail::refuse_empty(callback);
  if (orphan_ || !posts_.put(std::move(callback))) throw_closed("call_soon_threadsafe");
  wake();
}

inline bool EventLoop::post(Posted& posted) noexcept {
  if (orphan_ || !posts_.put(posted)) return false;
  wake();
  return true;
}

inline Wakeup& EventLoop::listen(WakeListener& listener) {
  check_thread("listen");
  listeners_.push_back(listener);
  return wakeup_;
}

/// Asked already, the loop has yet to take what is in the mailbox: its lock orders the two. A look
/// costs less than a write.
inline void EventLoop::wake() noexcept {
  if (!wakeup_.asked()) wakeup_.ask();
}

inline void EventLoop::hear() {
  wakeup_.answer();
  try {
    posts_.take_all(
        [this](Posted& posted) { ready_.push_back(posted); },
        [this](Callback& callback) { ready_.push_back(*new detail::PostedCallback(callback)); });
  } catch (const std::bad_alloc&) {
    wakeup_.ask();  // what is left comes in the next iteration
  }
  listeners_.for_each([](WakeListener& listener) { listener.woken(); });
}

}  // namespace aio
