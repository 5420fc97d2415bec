#pragma once
// How a loop begins and ends: made, used by one thread at a time, closed. Closing drops what is
// queued, lets go of descriptors, and evicts what lives on the loop.

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include <aio/event_loop.hpp>

namespace aio {

inline EventLoop::EventLoop(Options options)
    : clock_(options.clock), slow_callback_(options.slow_callback), shuffle_(options.shuffle_seed) {
  static SteadyClock steady;
  if (clock_ == nullptr) clock_ = &steady;
  observer_ = options.observer != nullptr ? options.observer : detail::default_observer;
  set_debug(options.debug);
  poller_.watch(wakeup_.descriptor(), Interest::read | Interest::edge, &wake_sink_);
  anchor_->loop = this;
}

inline EventLoop::~EventLoop() {
  close();
  anchor_->loop = nullptr;
}

[[gnu::cold]] inline void EventLoop::throw_unusable(const char* call) const {
  throw std::logic_error(std::string(call) + (closed_ ? ": the event loop is closed"
                                                      : ": the event loop runs in another thread"));
}

namespace detail {

inline Running::Running(EventLoop& loop) : loop_(loop) {
  loop.check_usable("run");
  if (loop.running_) throw std::logic_error("run: this event loop is running already");
  if (loop_of_this_thread != nullptr) {
    throw std::logic_error("run: another event loop is running in this thread");
  }
  loop.running_ = true;
  loop_of_this_thread = &loop;
}

inline Running::~Running() {
  loop_.running_ = false;
  loop_of_this_thread = nullptr;
}

}  // namespace detail

inline bool EventLoop::cancel(TimedReady& timed) {
  if (timers_.cancel(timed)) return true;
  if (!timed.linked()) return false;
  timed.unlink();
  return true;
}

namespace detail {
inline bool cancel_timer(EventLoop& loop, TimedReady& timed) { return loop.cancel(timed); }
}  // namespace detail

inline void EventLoop::close() {
  if (running_) throw std::logic_error("close: the event loop is running; stop() it first");
  if (std::exchange(closed_, true)) return;
  while (Timer* timer = timers_.pop_any()) static_cast<TimedReady&>(*timer).discard();
  while (!ready_.empty()) ready_.pop_front().discard();
  posts_.close([](Posted& posted) { posted.discard(); },
               [](Callback& callback) { std::exchange(callback, nullptr); });
  for (const auto& [fd, descriptor] : descriptors_) poller_.forget(fd);
  std::exchange(descriptors_, {});
  while (!residents_.empty()) residents_.pop_front().evict();
  std::exchange(attachments_, {});
}

template <class A>
A& EventLoop::attachment() {
  for (const auto& each : attachments_) {
    if (auto* found = dynamic_cast<A*>(each.get())) return *found;
  }
  check_usable("attachment");
  attachments_.push_back(std::make_unique<A>(*this));
  return static_cast<A&>(*attachments_.back());
}

}  // namespace aio
