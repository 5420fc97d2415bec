#pragma once
// Who watches a loop at work, e.g. a program that draws a timeline. A loop that is watched, or in
// debug mode, runs what is ready the slow way: it knows the name and the time of each.

#include <cstddef>
#include <string>

#include <aio/clock.hpp>
#include <aio/event_loop/ready.hpp>
#include <aio/poller.hpp>

namespace aio {

class EventLoop;

/// Is told of everything that a loop does; nothing in the runtime knows what it makes of that.
class Observer {
 public:
  virtual void will_run(EventLoop& loop, const Ready& ready) = 0;
  /// What was run may be gone by now.
  virtual void has_run(EventLoop& loop) = 0;
  /// The loop asks the kernel, and sleeps if there is nothing else to do.
  virtual void will_poll(EventLoop&) {}
  /// It has done so, and the kernel had so many events.
  virtual void has_polled(EventLoop&, std::size_t /*events*/) {}
  /// Told before has_run() or has_polled(), in order, for each that was queued meanwhile. It takes
  /// note, and changes nothing.
  virtual void has_queued(EventLoop&, const Ready&) {}
  /// An iteration is about to run so many that are ready. Timers that are due have been told of
  /// before, by has_queued().
  virtual void will_run_ready(EventLoop&, std::size_t /*ready*/) {}
  /// A timer was set; a timer was cancelled before its time.
  virtual void has_set_timer(EventLoop&, const TimedReady&, Clock::time_point /*when*/) {}
  virtual void has_cancelled_timer(EventLoop&, const TimedReady&) {}
  /// A descriptor is watched: by a callback, or (null) by a stream or server. It is no more.
  virtual void has_watched(EventLoop&, int /*fd*/, Interest, const Ready* /*callback*/) {}
  virtual void has_forgotten(EventLoop&, int /*fd*/, Interest) {}
  /// What the kernel reports of a descriptor: told before has_queued() and has_polled().
  virtual void has_seen(EventLoop&, int /*fd*/, Interest) {}

 protected:
  ~Observer() = default;
};

/// Has a loop tell `observer` what it does, besides those who are told already. Until unobserve():
/// call it before `observer` is destroyed.
void observe(EventLoop& loop, Observer& observer);
/// No effect when it was not told.
void unobserve(EventLoop& loop, Observer& observer);

namespace detail {
inline constinit thread_local Observer* default_observer = nullptr;

/// What later layers want to hear of every loop; null until they are there.
struct LoopHooks {
  void (*made)(EventLoop& loop) = nullptr;
  void (*debug_changed)(EventLoop& loop) = nullptr;
  /// After a slow callback: " in read()" or the like, or nothing.
  std::string (*tell_where)(EventLoop& loop) = nullptr;
};
inline constinit LoopHooks loop_hooks{};
}  // namespace detail

}  // namespace aio
