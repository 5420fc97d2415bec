#pragma once
// Who watches a loop at work, e.g. a program that draws a timeline. A loop that is watched, or in
// debug mode, runs what is ready the slow way: it knows the name and the time of each.

namespace aio {

class EventLoop;
class Ready;

/// Is told of everything that a loop runs; nothing in the runtime knows what it makes of that.
class Observer {
 public:
  virtual void will_run(EventLoop& loop, const Ready& ready) = 0;
  /// What was run may be gone by now.
  virtual void has_run(EventLoop& loop) = 0;

 protected:
  ~Observer() = default;
};

namespace detail {
inline constinit thread_local Observer* default_observer = nullptr;
}

}  // namespace aio
