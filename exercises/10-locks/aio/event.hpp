#pragma once
// Your layer of lesson 10. Check it with: ./learn check 10
// Lesson 10, event: a flag that tasks can wait for.
//
//  - set() releases everybody who waits at that moment, even if clear() follows at once.
//  - An event may be destroyed as soon as it has been set.

#include <coroutine>
#include <optional>

#include <aio/wait_queue.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* event = __FILE__;  // which copy was compiled; the tests print it
}

class Event {
  class Waiting;

 public:
  using Wait = detail::Await<Waiting, Event>;
  Event() = default;
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  bool is_set() const { return set_; }
  /// Sets the flag and wakes everybody who waits.
  void set();
  void clear() {
    queue_.check_thread("Event::clear");
    set_ = false;
  }
  /// Waits until the flag is set; does not pause if it is.
  Wait wait();

 private:
  bool set_ = false;
  detail::WaitQueue queue_;
};

// Implementation

class Event::Waiting {
 public:
  explicit Waiting(Event& event) : event_(event) {}
  bool await_ready() const { return event_.set_; }
  void await_suspend(std::coroutine_handle<> leaf) {
    turn_.emplace(event_.queue_, "an event").await_suspend(leaf);
  }
  void await_resume() {
    if (turn_) turn_->await_resume();
  }

 private:
  Event& event_;  // may be gone when the wait is over
  std::optional<detail::Turn> turn_;
};

inline Event::Wait Event::wait() { return Wait(*this); }

//: 10.2 remember that it is set, and wake all who wait
inline void Event::set() {
  AIO_TODO("10.2", "remember that it is set, and wake all who wait");
}

}  // namespace aio
