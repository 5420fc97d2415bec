#pragma once
// The loop's visit to the kernel: how long it may sleep, who is told of each event, and what it
// says when nothing can ever happen any more.

#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>

#include <aio/event_loop.hpp>

namespace aio {

/// Asks the kernel what is ready, and sleeps in it when there is nothing else to do.
inline void EventLoop::poll() {
  const bool idle = ready_.empty() && !stopping_;
  const auto deadline = idle ? timers_.next_deadline() : std::nullopt;
  const bool only_threads = idle && !deadline && !watches() && !wakeup_.asked();
  if (only_threads && !thread_may_wake()) throw deadlock();
  auto timeout = idle ? clock_->poll_timeout(deadline) : Clock::duration::zero();
  if (only_threads && !timeout) timeout = patience;  // it may end without a word
  const auto events = poller_.wait(timeout);
  if (only_threads && events.empty()) threads_seen_ = false;
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i + 1 < events.size()) fetch(events[i + 1]);
    deliver(events[i]);
  }
  if (!idle || !events.empty() || !ready_.empty()) return;  // a sink may have dealt with its event
  if (!clock_->idle_until(deadline)) throw deadlock();
}

/// Brings the sink of the next event into the cache while another one works: with thousands of
/// connections it has long left it. Saves 2 % of the server's time for an echo.
inline void EventLoop::fetch(const PollEvent& event) {
  if (event.data == nullptr) return;
  constexpr std::size_t cache_line = 64, size = 384;  // about what a stream is
  const auto* const sink = static_cast<const std::byte*>(event.data);
  for (std::size_t at = 0; at < size; at += cache_line) __builtin_prefetch(sink + at);
}

inline void EventLoop::deliver(const PollEvent& event) {
  if (event.data == nullptr) return;  // forgotten
  EventSink& sink = *static_cast<EventSink*>(event.data);
  sink.deliver(sink, *this, event);
}

inline void EventLoop::queue_handler(const Ref<detail::Watcher>& watcher) {
  if (watcher && !watcher->linked()) ready_.push_back(*watcher);
}

namespace detail {

inline void Descriptor::deliver(EventSink& sink, EventLoop& loop, PollEvent event) {
  static_assert(std::is_standard_layout_v<Descriptor>, "a Descriptor begins with its sink");
  (void)sink;
  loop.queue_handlers(event);
}

}  // namespace detail

inline void EventLoop::add_reader(int fd, Callback callback) {
  attached_.refuse(fd);
  watch(fd, Interest::read, std::move(callback));
}

inline void EventLoop::add_writer(int fd, Callback callback) {
  attached_.refuse(fd);
  watch(fd, Interest::write, std::move(callback));
}

inline bool EventLoop::remove_reader(int fd) {
  attached_.refuse(fd);
  return unwatch(fd, Interest::read);
}

inline bool EventLoop::remove_writer(int fd) {
  attached_.refuse(fd);
  return unwatch(fd, Interest::write);
}

inline void EventLoop::attach(int fd, EventSink& sink) {
  check_usable("attach");
  poller_.watch(fd, Interest::read | Interest::write | Interest::edge, &sink);
  attached_.add(fd);
}

inline void EventLoop::detach(int fd) {
  poller_.forget(fd);
  attached_.remove(fd);
}

inline DeadlockError EventLoop::deadlock() const {
  std::string who;
  residents_.for_each([&who](const Resident& resident) { who += "\n  " + resident.describe(); });
  const std::string why =
      "deadlock: nothing is ready, no timer is set and no descriptor can wake the loop";
  return DeadlockError(why + (who.empty() ? "; nothing lives on it" : ", and these wait:" + who));
}

}  // namespace aio
