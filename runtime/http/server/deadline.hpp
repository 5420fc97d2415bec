#pragma once
// The time limit of a connection, which moves all the time: a timer that is set once and looks at
// the limit when it goes off costs a fraction of one that is set anew for each request.

#include <chrono>
#include <optional>
#include <string>

#include <aio/event_loop.hpp>
#include <aio/task.hpp>

namespace http::detail {

/// When it passes, its task is cancelled. REQUIRES: made in that task, and outlived by it.
class Deadline final : private aio::TimedReady {
 public:
  Deadline() = default;
  ~Deadline() { disarm(); }

  /// The limit is `delay` from now.
  void in(std::chrono::nanoseconds delay);
  /// There is no limit. The timer stays, and finds that out.
  void clear() { when_.reset(); }
  /// The limit has passed: the task is cancelled at its next await.
  void pass();
  /// To be asked where a CancelledError has come up, or may have been swallowed: it was this limit,
  /// and nobody else wants the task to stop.
  bool take_back();

 private:
  void run() override;
  std::string describe() const override { return "the time limit of a connection"; }
  void arm();
  void disarm();

  aio::detail::TaskBase& task_ = aio::detail::TaskBase::current("a server's connection");
  std::optional<aio::Clock::time_point> when_;
  aio::Clock::time_point armed_for_{};
  bool passed_ = false;
};

inline void Deadline::in(std::chrono::nanoseconds delay) {
  when_ = task_.home().time() + delay;
  const bool armed = pending() || linked();
  if (armed && armed_for_ <= *when_) return;
  disarm();
  arm();
}

inline void Deadline::arm() {
  armed_for_ = *when_;
  task_.home().call_at(armed_for_, *this);
}

inline void Deadline::disarm() {
  if (pending() || linked()) task_.home().cancel(*this);
}

inline void Deadline::run() {
  if (!when_) return;
  task_.home().time() < *when_ ? arm() : pass();
}

inline void Deadline::pass() {
  when_.reset();
  if (passed_) return;
  passed_ = true;
  task_.cancel();
}

inline bool Deadline::take_back() {
  if (!passed_) return false;
  passed_ = false;
  return task_.uncancel() == 0;
}

}  // namespace http::detail
