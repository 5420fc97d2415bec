#pragma once
// The loop's visit to the kernel: how long it may sleep, who is told of each event, and what it
// says when nothing is going to happen any more.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include <aio/event_loop.hpp>
#include <aio/event_loop/supervision.hpp>

namespace aio {
namespace detail {

/// One visit. It asks what is ready, and sleeps when there is nothing else to do.
class KernelVisit {
 public:
  explicit KernelVisit(EventLoop& loop)
      : loop_(loop),
        idle_(loop.ready_.empty() && !loop.stopping_),
        deadline_(idle_ ? loop.timers_.next_deadline() : std::nullopt) {}

  /// Returns the number of events. Throws DeadlockError when a clock that is not real says that
  /// nothing can come.
  std::size_t make() {
    const std::size_t events = deliver_all(loop_.poller_.wait(limit()));
    if (loop_.debug_ && loop_.poller_.ghosts() > 0) [[unlikely]]
      warn_of_ghosts();
    const bool any = events > 0 || !loop_.ready_.empty();  // a sink may have dealt with its event
    if (!idle_ || any) return events;
    if (!loop_.clock_->idle_until(deadline_)) throw deadlock();
    if (!deadline_ && !loop_.watches() && loop_.expected_ == 0) warn_of_rest();
    return events;
  }

  /// For observers.
  void tell_seen(std::size_t events) const {
    constexpr std::uint32_t broken = EPOLLHUP | EPOLLERR, reads = EPOLLIN | EPOLLRDHUP | broken;
    for (std::size_t i = 0; i < events; ++i) {
      const std::uint32_t bits = loop_.poller_.bits(i);
      const Interest read = (bits & reads) != 0 ? Interest::read : Interest::none;
      const Interest write = (bits & (EPOLLOUT | broken)) != 0 ? Interest::write : Interest::none;
      loop_.observer_->has_seen(loop_, loop_.poller_.descriptor(i), read | write);
    }
  }

 private:
  using Limit = std::optional<Clock::duration>;

  Limit limit() const {
    if (!idle_) return Clock::duration::zero();
    const Limit by_clock = loop_.clock_->poll_timeout(deadline_);
    return deadline_ ? by_clock : patience(by_clock);
  }

  /// How long to sleep without a deadline. What is known to come is waited for. What is not can
  /// still come on real time: a signal, or a thread that nobody told the loop of. On virtual time
  /// that is a deadlock, which a test finds at once.
  Limit patience(Limit by_clock) const {
    if (loop_.expected_ > 0 || loop_.wakeup_.asked()) return std::nullopt;
    if (loop_.watches()) return by_clock;
    if (by_clock) return Clock::duration::zero();
    if (loop_.told_of_rest_) return std::nullopt;
    return std::chrono::seconds(1);
  }

  /// Returns how many there were.
  std::size_t deliver_all(std::span<const PollEvent> events) const {
    for (std::size_t i = 0; i < events.size(); ++i) {
      if (i + 1 < events.size()) fetch(events[i + 1]);
      deliver(events[i]);
    }
    return events.size();
  }

  /// Brings the sink of the next event into the cache while another one works: with thousands of
  /// connections it has long left it. Saves 2 % of the server's time for an echo.
  static void fetch(const PollEvent& event) {
    if (event.data == nullptr) return;
    constexpr std::size_t cache_line = 64, size = 384;  // about what a stream is
    const auto* const sink = static_cast<const std::byte*>(event.data);
    for (std::size_t at = 0; at < size; at += cache_line) __builtin_prefetch(sink + at);
  }

  void deliver(const PollEvent& event) const {
    if (event.data == nullptr) return;  // forgotten
    EventSink& sink = *static_cast<EventSink*>(event.data);
    sink.deliver(sink, loop_, event);
  }

  [[gnu::cold]] void warn_of_rest() const {
    if (std::exchange(loop_.told_of_rest_, true)) return;
    loop_.warn(
        "loopwright: nothing has happened for a second; no timer is set and no descriptor is "
        "watched, so only a signal or another thread can wake the loop" +
        who_waits());
  }

  [[gnu::cold]] void warn_of_ghosts() const {
    if (std::exchange(loop_.told_of_ghosts_, true)) return;
    loop_.warn(
        "loopwright: a descriptor was closed before remove_reader() or remove_writer(), while a "
        "duplicate of it lives, and the kernel reported it");
  }

  [[gnu::cold]] DeadlockError deadlock() const {
    return DeadlockError(
        "deadlock: nothing is ready, no timer is set and no descriptor can wake the loop" +
        who_waits());
  }

  std::string who_waits() const {
    const std::string who = tell_residents.shortly(loop_);
    return who.empty() ? "; nothing lives on it" : ", and these wait:" + who;
  }

  EventLoop& loop_;
  const bool idle_;  // there is nothing else to do
  const std::optional<Clock::time_point> deadline_;
};

/// The same, for observers.
[[gnu::cold]] inline void make_watched_visit(EventLoop& loop, Observer& observer) {
  observer.will_poll(loop);
  QueuedMeanwhile queued(loop);
  KernelVisit visit(loop);
  const std::size_t events = visit.make();
  visit.tell_seen(events);
  queued.tell(observer);
  observer.has_polled(loop, events);
  LoopEntry::of(loop).mark_timers();
}

}  // namespace detail

inline void EventLoop::poll() {
  if (closed_) [[unlikely]]
    throw_closed("run");  // a child of fork() goes on with its parent's work
  if (observer_ != nullptr) [[unlikely]]
    return detail::make_watched_visit(*this, *observer_);
  detail::KernelVisit(*this).make();
}

inline bool EventLoop::must_poll() {
  ++entry_.iterations;
  if (ready_.empty() || watches() || wakeup_.asked()) return true;
  if (observer_ != nullptr) [[unlikely]]
    entry_.mark_timers();
  return false;
}

}  // namespace aio
