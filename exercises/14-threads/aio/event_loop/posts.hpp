#pragma once
// Your layer of lesson 14. Check it with: ./learn check 14
// What comes from other threads: they put it into the mailbox and wake the loop, which takes it out
// in the middle of its next poll. Lesson 14 writes the wake-up.
//
// The flag in wakeup_ says that the loop was asked to look and has not begun to. While it is set,
// nobody has to ask again: the loop will find what is put into the mailbox until then.

#include <memory>
#include <new>
#include <utility>

#include <aio/event_loop.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* posts = __FILE__;  // which copy was compiled; the tests print it
}

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

/// Moves what is in the mailbox to the end of the ready queue. Returns false when memory ran out:
/// what is left stays in the mailbox.
inline bool queue_all(Mailbox<Posted, Callback>& posts, List<Ready>& ready) {
  try {
    posts.take_all(
        [&ready](Posted& posted) { ready.push_back(posted); },
        [&ready](Callback& callback) { ready.push_back(*new PostedCallback(callback)); });
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

}  // namespace detail

//: 14.1 put it into the mailbox and wake the loop; the loop's own thread needs neither
inline void EventLoop::call_soon_threadsafe(Callback callback) {
  AIO_TODO("14.1",
           "put it into the mailbox and wake the loop; the loop's own thread needs neither");
}

/// Asked already, the loop has yet to take what is in the mailbox: its lock orders the two. A look
/// costs less than a write.
//: 14.1 ask the loop to look, unless it was asked
inline void EventLoop::wake() noexcept {
  // TODO 14.1: ask the loop to look, unless it was asked
}

//: 14.1 from now on it can be asked anew; then take what is there, and tell who listens
inline void EventLoop::hear() {
  AIO_TODO("14.1",
           "from now on it can be asked anew; then take what is there, and tell who listens");
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

}  // namespace aio
