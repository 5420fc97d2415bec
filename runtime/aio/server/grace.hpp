#pragma once
// How long an end may take that depends on the good will of others.

#include <utility>

#include <aio/support/delay.hpp>
#include <aio/task.hpp>

namespace aio::detail {

/// Puts an end to it when the time is over, or when nobody waits for it any more.
class Grace {
 public:
  /// `end` may be called twice, and must not throw.
  Grace(EventLoop& loop, Delay length, Callback end)
      : end_(std::move(end)), timer_(loop.call_later(length, [this] { pass(); })) {}
  Grace(const Grace&) = delete;
  Grace& operator=(const Grace&) = delete;
  ~Grace() {
    timer_.cancel();
    end_();
  }
  bool is_over() const { return over_; }

 private:
  void pass() {
    over_ = true;
    end_();
  }

  Callback end_;
  bool over_ = false;
  TimerHandle timer_;
};

}  // namespace aio::detail
