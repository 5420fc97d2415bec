#pragma once
// What call_soon(), call_later() and call_at() make, a callback that waits for its turn or its time
// (Scheduled), and what they return, a handle by which it can be cancelled.

#include <type_traits>
#include <utility>

#include <aio/clock.hpp>
#include <aio/event_loop/ready.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/pool.hpp>
#include <aio/support/ref.hpp>

namespace aio {

class EventLoop;

namespace detail {

// Members of the loop, for what stands above its definition.
bool cancel_timer(EventLoop& loop, TimedReady& timed);
void timer_is_set(EventLoop& loop, const TimedReady& timed, Clock::time_point when);
void check_thread(const EventLoop& loop, const char* call);

/// A callback that runs once, from the ready queue or (`Base` TimedReady) when its time has come.
template <class Base>
class Scheduled final : public Base, public RefCounted, public Pooled {
 public:
  Scheduled(EventLoop& owner, Callback callback) : loop_(owner), callback_(std::move(callback)) {
    refuse_empty(callback_);
  }
  /// It waits for its turn: keeps itself alive until it has run, or was cancelled or discarded.
  void queued() {
    this->add_refs(1);
    queued_ = true;
    if constexpr (std::is_same_v<Base, TimedReady>) timer_is_set(loop_, *this, when);
  }
  void run() override {
    const Ref<Scheduled> alive = take_reference();
    Callback callback = std::move(callback_);
    callback();
  }
  void discard() noexcept override {
    const Ref<Scheduled> alive = take_reference();
    callback_ = nullptr;
  }
  void cancel();
  bool cancelled() const { return cancelled_; }

  Clock::time_point when{};  // the deadline, for timers

 private:
  Ref<Scheduled> take_reference() {
    queued_ = false;
    return Ref<Scheduled>::adopt(this);
  }

  EventLoop& loop_;  // valid while queued_
  Callback callback_;
  bool queued_ = false;  // it waits for its turn, and has a reference to itself
  bool cancelled_ = false;
};

template <class Base>
void Scheduled<Base>::cancel() {
  if (!queued_) return;  // it has run, or was cancelled
  check_thread(loop_, "cancel");
  cancelled_ = true;
  if constexpr (std::is_same_v<Base, TimedReady>) {
    cancel_timer(loop_, *this);
  } else {
    this->unlink();
  }
  discard();
}

}  // namespace detail

/// A scheduled callback, or none; copies share it. Outlives the loop harmlessly. An empty handle,
/// as one is that was moved from, throws InvalidStateError from all members but operator bool.
template <class Base>
class BasicHandle {
 public:
  BasicHandle() = default;
  explicit BasicHandle(Ref<detail::Scheduled<Base>> scheduled) : scheduled_(std::move(scheduled)) {}

  /// Is there a callback, whether it has run or not?
  explicit operator bool() const { return static_cast<bool>(scheduled_); }
  /// Prevents the call and releases the callback at once. No effect when it has already run.
  /// Throws InvalidStateError in another thread than the loop's.
  void cancel() const { scheduled().cancel(); }
  bool cancelled() const { return scheduled().cancelled(); }
  /// The deadline, also after it has passed or was cancelled.
  Clock::time_point when() const requires std::is_same_v<Base, TimedReady> {
    return scheduled().when;
  }

 private:
  detail::Scheduled<Base>& scheduled() const {
    if (!scheduled_) [[unlikely]]
      throw_empty();
    return *scheduled_;
  }
  [[noreturn, gnu::cold]] static void throw_empty() {
    throw InvalidStateError(
        "this handle of a callback is empty: it was moved from, or never given one");
  }

  Ref<detail::Scheduled<Base>> scheduled_;
};
using Handle = BasicHandle<Ready>;
using TimerHandle = BasicHandle<TimedReady>;

}  // namespace aio
