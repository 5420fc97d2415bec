#pragma once
// Who may watch a descriptor: a reader and a writer, or a stream or server alone. A number that the
// kernel gives out again leads to nobody from before.

#include <type_traits>
#include <utility>

#include <aio/event_loop.hpp>

namespace aio {

inline void EventLoop::queue_handler(const Ref<detail::Watcher>& watcher) {
  if (watcher && !watcher->linked()) ready_.push_back(*watcher);
}

namespace detail {

inline void Descriptor::deliver(EventSink& sink, EventLoop& loop, PollEvent event) {
  static_assert(std::is_standard_layout_v<Descriptor>, "a Descriptor begins with its sink");
  (void)sink;
  loop.queue_handlers(event);
}

inline const Ready* LoopEntry::callback_of(int fd, Interest side) const {
  const auto found = loop_.descriptors_.find(fd);
  return found == loop_.descriptors_.end() ? nullptr : found->second.side(side).get();
}

/// For observers. `side` is Interest::edge for what a stream or server watches.
inline void tell_watched(EventLoop& loop, int fd, Interest side) {
  Observer* const observer = LoopEntry::of(loop).observer();
  if (observer == nullptr) [[likely]]
    return;
  observer->has_watched(loop, fd, side, LoopEntry::of(loop).callback_of(fd, side));
}
inline void tell_forgotten(EventLoop& loop, int fd, Interest side) {
  if (Observer* const observer = LoopEntry::of(loop).observer()) [[unlikely]]
    observer->has_forgotten(loop, fd, side);
}

}  // namespace detail

/// Lets go of the callbacks of `fd`, if it has any.
inline void EventLoop::drop(int fd) {
  const auto found = descriptors_.find(fd);
  if (found == descriptors_.end()) return;
  poller_.forget(fd);
  const Descriptor dropped = std::move(found->second);  // what the callbacks hold goes last
  descriptors_.erase(found);
  for (const auto& watcher : {dropped.reader, dropped.writer}) {
    if (watcher) watcher->unlink();
  }
}

/// Prepares for another owner of a number: a descriptor that was closed behind the loop's back
/// leaves nothing to the one that has its number now.
inline void EventLoop::drop_lost(int fd) {
  if (!poller_.lost(fd)) return;
  drop(fd);
  if (!attached_.contains(fd)) return;
  poller_.forget(fd);
  attached_.remove(fd);
}

inline bool detail::Descriptor::is_watched(EventLoop& loop, int fd, Interest which) {
  loop.drop_lost(fd);
  const auto found = loop.descriptors_.find(fd);
  return found != loop.descriptors_.end() && found->second.side(which);
}

inline void EventLoop::add_reader(int fd, Callback callback) {
  check_usable("add_reader");
  drop_lost(fd);
  attached_.refuse(fd);
  watch(fd, Interest::read, std::move(callback));
  detail::tell_watched(*this, fd, Interest::read);
}

inline void EventLoop::add_writer(int fd, Callback callback) {
  check_usable("add_writer");
  drop_lost(fd);
  attached_.refuse(fd);
  watch(fd, Interest::write, std::move(callback));
  detail::tell_watched(*this, fd, Interest::write);
}

inline bool EventLoop::remove_reader(int fd) {
  check_thread("remove_reader");
  attached_.refuse(fd);
  if (!unwatch(fd, Interest::read)) return false;
  detail::tell_forgotten(*this, fd, Interest::read);
  return true;
}

inline bool EventLoop::remove_writer(int fd) {
  check_thread("remove_writer");
  attached_.refuse(fd);
  if (!unwatch(fd, Interest::write)) return false;
  detail::tell_forgotten(*this, fd, Interest::write);
  return true;
}

inline void EventLoop::attach(int fd, EventSink& sink) {
  check_usable("attach");
  drop_lost(fd);
  attached_.refuse(fd);
  drop(fd);
  poller_.watch(fd, Interest::read | Interest::write | Interest::edge, &sink);
  try {
    attached_.add(fd);
  } catch (...) {
    poller_.forget(fd);
    throw;
  }
  detail::tell_watched(*this, fd, Interest::edge);
}

inline void EventLoop::detach(int fd) {
  poller_.forget(fd);
  attached_.remove(fd);
  detail::tell_forgotten(*this, fd, Interest::edge);
}

}  // namespace aio
