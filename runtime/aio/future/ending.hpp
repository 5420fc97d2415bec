#pragma once
// How a future ends in other ways than by its result, and what it refuses: given to lesson 05.

#include <exception>

#include <aio/future.hpp>
#include <aio/support/nesting.hpp>

namespace aio::detail {

inline void FutureBase::check_thread(const char* call) const {
  const EventLoop* const loop = anchor_->loop;
  if (loop != loop_of_this_thread && loop != nullptr) [[unlikely]]
    loop->check_thread(call);
}

[[gnu::cold]] inline void FutureBase::throw_pending() const {
  throw InvalidStateError("this " + describe() + " has no result yet");
}

[[gnu::cold]] inline void FutureBase::throw_moved_out() const {
  throw InvalidStateError("the result of this " + describe() + " was moved out before");
}

[[gnu::cold]] inline void FutureBase::wind_up(const std::exception_ptr& exception) noexcept {
  if (exception != nullptr) report_unretrieved(exception);
  discard_waiters();
}

inline EventLoop& FutureBase::loop() const {
  if (anchor_->loop == nullptr) throw InvalidStateError("the event loop of this future is gone");
  anchor_->loop->check_usable("future");
  return *anchor_->loop;
}

inline EventLoop* FutureBase::open_loop() const {
  EventLoop* const loop = anchor_->loop;
  if (loop == nullptr || loop->is_closed()) return nullptr;
  loop->check_usable("future");
  return loop;
}

inline void FutureBase::discard_waiters() noexcept {
  while (!waiters_.empty()) waiters_.pop_front().discard();
}

inline void FutureBase::abandon() noexcept {
  discard_waiters();
  status_ = Status::cancelled;
}

inline void DoneCallbackBase::discard() noexcept {
  Ref<FutureBase> kept;
  if (future_.done()) kept = Ref<FutureBase>::adopt(&future_);  // it was queued
  Nesting::destroy(this);  // it may own a future with callbacks
}

}  // namespace aio::detail
