#pragma once
// What the layers above queue: nodes that live in their owner. To queue one that is ready is what
// each step of each task does, so that call checks nothing: who calls it has checked the thread.

#include <string>

#include <aio/event_loop.hpp>

namespace aio {

inline void EventLoop::check_thread(const char* call) const {
  if (detail::loop_of_this_thread != this && is_running()) detail::throw_wrong_thread(call);
}

inline void EventLoop::check_usable(const char* call) const {
  if (closed_) throw_closed(call);
  check_thread(call);
}

inline void EventLoop::call_soon(Ready& ready) { ready_.push_back(ready); }

inline void EventLoop::call_soon(List<Ready>& all) { ready_.splice(all); }

inline void EventLoop::call_at(time_point when, TimedReady& timed) {
  check_thread("call_at");
  timers_.push(when, timed);
  if (observer_ != nullptr) [[unlikely]]
    observer_->has_set_timer(*this, timed, when);
}

inline bool EventLoop::cancel(TimedReady& timed) {
  check_thread("cancel");
  if (timers_.cancel(timed)) {
    if (observer_ != nullptr) [[unlikely]]
      observer_->has_cancelled_timer(*this, timed);
    return true;
  }
  if (!timed.linked()) return false;
  timed.unlink();
  return true;
}

namespace detail {

inline std::string tell_residents_in_order(const EventLoop& loop) {
  std::string text;
  loop.for_each_resident([&text](const Resident& each) { text += "\n  " + each.describe(); });
  return text;
}
inline bool cancel_timer(EventLoop& loop, TimedReady& timed) { return loop.cancel(timed); }
inline void timer_is_set(EventLoop& loop, const TimedReady& timed, Clock::time_point when) {
  if (Observer* const observer = LoopEntry::of(loop).observer()) [[unlikely]]
    observer->has_set_timer(loop, timed, when);
}
inline void check_thread(const EventLoop& loop, const char* call) { loop.check_thread(call); }
}  // namespace detail

}  // namespace aio
