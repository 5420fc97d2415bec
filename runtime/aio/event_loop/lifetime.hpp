#pragma once
// How a loop begins and ends: made, used by one thread at a time, closed. Closing drops what is
// queued, lets go of descriptors, and evicts what lives on the loop.

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <aio/event_loop.hpp>
#include <aio/support/deep_stack.hpp>

namespace aio {

namespace detail {

/// LOOPWRIGHT_DEBUG is set in the environment, to something else than nothing and 0.
inline bool debug_is_asked_for() {
  static const bool asked = [] {
    const char* const value = std::getenv("LOOPWRIGHT_DEBUG");
    return value != nullptr && std::string_view(value) != "" && std::string_view(value) != "0";
  }();
  return asked;
}

}  // namespace detail

inline EventLoop::EventLoop(Options options)
    : clock_(options.clock), slow_callback_(options.slow_callback), shuffle_(options.shuffle_seed) {
  static SteadyClock steady;
  if (clock_ == nullptr) clock_ = &steady;
  observer_ = options.observer != nullptr ? options.observer : detail::default_observer;
  set_debug(options.debug || detail::debug_is_asked_for());
  poller_.watch(wakeup_.descriptor(), Interest::read | Interest::edge, &wake_sink_);
  anchor_->loop = this;
  if (options.answers) entry_.answer();
  if (detail::loop_hooks.made != nullptr) detail::loop_hooks.made(*this);
}

inline EventLoop::~EventLoop() {
  close();
  anchor_->loop = nullptr;
}

[[gnu::cold]] inline void EventLoop::throw_closed(const char* call) const {
  throw InvalidStateError(std::string(call) +
                          (orphan_ ? ": the event loop belongs to the process that has forked this "
                                     "one, which may run loops of its own"
                                   : ": the event loop is closed"));
}

namespace detail {

inline Running::Running(EventLoop& loop) : loop_(loop) {
  loop.check_usable("run");
  if (loop.is_running()) throw InvalidStateError("run: this event loop is running already");
  if (loop_of_this_thread != nullptr) {
    throw InvalidStateError("run: another event loop is running in this thread");
  }
  loop.entry_.running = true;
  loop_of_this_thread = &loop;
  loop_id_of_this_thread = loop.entry_.id();
}

inline Running::~Running() {
  loop_.entry_.running = false;
  loop_of_this_thread = nullptr;
  loop_id_of_this_thread = 0;
}

}  // namespace detail

inline void EventLoop::run_once() {
  Running running(*this);
  iterate();
}

inline void EventLoop::stop() {
  check_thread("stop");
  stopping_ = true;
}

inline void EventLoop::close() {
  if (is_running()) throw InvalidStateError("close: the event loop is running; stop() it first");
  if (std::exchange(closed_, true)) return;
  while (Timer* timer = timers_.pop_any()) static_cast<TimedReady&>(*timer).discard();
  while (!ready_.empty()) ready_.pop_front().discard();
  posts_.close([](Posted& posted) { posted.discard(); },
               [](Callback& callback) { std::exchange(callback, nullptr); });
  for (const auto& [fd, descriptor] : descriptors_) poller_.forget(fd);
  std::exchange(descriptors_, {});
  if (!residents_.empty()) {  // what a task waits for goes with it, however deep that nests
    detail::on_deep_stack([this] {
      while (!residents_.empty()) residents_.pop_front().evict();
    });
  }
  std::exchange(attachments_, {});
}

/// For the child, after a fork(): its copies of the loop's descriptors go, and whatever works for
/// the loop stays as it is, since its threads are the parent's.
inline void EventLoop::orphan() noexcept {
  closed_ = orphan_ = true;
  const Poller gone = std::move(poller_);
  wakeup_.abandon();
  for (auto& each : attachments_) static_cast<void>(each.release());
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
