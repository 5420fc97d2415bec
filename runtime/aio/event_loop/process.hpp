#pragma once
// The list of the loops of this process, and what a child makes of it that was made by fork(): the
// loops in it are orphans. An orphan gives its descriptors of the kernel back, which the parent
// goes on using, refuses to work, and lets what lives on it rest.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <new>

#include <pthread.h>
#include <signal.h>

#include <aio/event_loop.hpp>
#include <aio/event_loop/inquiry.hpp>

namespace aio::detail {

inline LoopEntry::LoopEntry(EventLoop& loop)
    : loop_(loop), id_([] {
        static constinit std::atomic<std::uint64_t> given = 0;
        return ++given;
      }()) {
  watch_forks();
  const std::lock_guard lock(mutex_);
  all().push_back(*this);
}

inline Inquiry::Inquiry(EventLoop& loop) : loop_(loop), wakeup_(loop.listen(*this)) {
  static const bool handled = [] {
    handle(SIGQUIT, on_quit);
    handle(inquiry::signal, on_question);
    return true;
  }();
  static_cast<void>(handled);
  for (auto& place : all_) {
    Inquiry* nobody = nullptr;
    if (place.compare_exchange_strong(nobody, this)) return;
  }
}

inline void LoopEntry::answer() { inquiry_.emplace(loop_); }

inline LoopEntry& LoopEntry::of(EventLoop& loop) { return loop.entry_; }
inline List<Ready>& LoopEntry::queue() const { return loop_.ready_; }
inline Observer* LoopEntry::observer() const { return loop_.observer_; }
inline std::chrono::nanoseconds LoopEntry::slow_callback() const { return loop_.slow_callback_; }
inline void LoopEntry::warn(const std::string& warning) { loop_.warn(warning); }

inline void LoopEntry::add_observer(Observer& observer) {
  if (loop_.observer_ != nullptr && loop_.observer_ != &observers_) {
    observers_.add(*loop_.observer_);
  }
  observers_.add(observer);
  loop_.observer_ = &observers_;
  loop_.slow_way_ = true;
}

inline void LoopEntry::remove_observer(Observer& observer) {
  if (loop_.observer_ == &observers_) observers_.remove(observer);
  if (loop_.observer_ == &observer || observers_.empty()) loop_.observer_ = nullptr;
  loop_.slow_way_ = loop_.debug_ || loop_.observer_ != nullptr;
}

inline LoopEntry::~LoopEntry() {
  inquiry_.reset();
  const std::lock_guard lock(mutex_);
  unlink();
}

/// Nobody changes the list while the process is copied.
inline void LoopEntry::watch_forks() {
  static const bool watched = [] {  // tried again if it throws
    const int error = ::pthread_atfork([] { mutex_.lock(); }, [] { mutex_.unlock(); }, orphan_all);
    if (error != 0) throw std::bad_alloc();
    return true;
  }();
  static_cast<void>(watched);
}

/// In the child, in its only thread; allocates and frees nothing.
inline void LoopEntry::orphan_all() {
  Inquiry::leave_to_parent();
  all().for_each([](LoopEntry& entry) {
    const bool elsewhere = entry.running && loop_of_this_thread != &entry.loop_;
    entry.running = false;
    if (!elsewhere) entry.loop_.orphan();  // else its thread is not here, nor what it was doing
  });
  loop_of_this_thread = nullptr;
  loop_id_of_this_thread = 0;
  mutex_.unlock();
}

}  // namespace aio::detail

namespace aio {

inline void observe(EventLoop& loop, Observer& observer) {
  loop.check_thread("observe");
  detail::LoopEntry::of(loop).add_observer(observer);
}

inline void unobserve(EventLoop& loop, Observer& observer) {
  loop.check_thread("unobserve");
  detail::LoopEntry::of(loop).remove_observer(observer);
}

}  // namespace aio
