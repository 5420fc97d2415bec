#pragma once
// What the layers above queue: nodes that live in their owner. These calls are made for each step
// of each task, so they check one thing alone, that the loop does not run in another thread.

#include <aio/event_loop.hpp>

namespace aio {

inline void EventLoop::check_thread(const char* call) const {
  if (detail::loop_of_this_thread != this && is_running()) detail::throw_wrong_thread(call);
}

inline void EventLoop::check_usable(const char* call) const {
  if (closed_) throw_closed(call);
  check_thread(call);
}

inline void EventLoop::call_soon(Ready& ready) {
  check_thread("call_soon");
  ready_.push_back(ready);
}

inline void EventLoop::call_soon(List<Ready>& all) {
  check_thread("call_soon");
  ready_.splice(all);
}

inline void EventLoop::call_at(time_point when, TimedReady& timed) {
  check_thread("call_at");
  timers_.push(when, timed);
}

inline bool EventLoop::cancel(TimedReady& timed) {
  check_thread("cancel");
  if (timers_.cancel(timed)) return true;
  if (!timed.linked()) return false;
  timed.unlink();
  return true;
}

namespace detail {
inline bool cancel_timer(EventLoop& loop, TimedReady& timed) { return loop.cancel(timed); }
inline void check_thread(const EventLoop& loop, const char* call) { loop.check_thread(call); }
}  // namespace detail

}  // namespace aio
