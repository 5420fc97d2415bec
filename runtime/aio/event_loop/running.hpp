#pragma once
// Which loop runs in which thread of this process. At most one runs in a thread, and it is marked
// for as long as it runs; all loops are in a list, for two questions that are rarely asked:
//  1. Does the loop that an object serves run in another thread? Then the object is used wrongly.
//  2. Which loops has a child got by fork()? They belong to its parent: the child must leave the
//     parent's epoll instance alone, and may run loops of its own.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>
#include <optional>
#include <string>

#include <pthread.h>

#include <aio/event_loop/inquiry.hpp>
#include <aio/event_loop/observers.hpp>
#include <aio/event_loop/ready.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/support/ref.hpp>

namespace aio {

class EventLoop;
class Ready;

namespace detail {

class KernelVisit;

inline constinit thread_local EventLoop* loop_of_this_thread = nullptr;
inline constinit thread_local std::uint64_t loop_id_of_this_thread = 0;  // 0: none runs here

/// Lets a future, which may outlive its loop, find out whether the loop still exists.
struct LoopAnchor : RefCounted {
  EventLoop* loop = nullptr;
};

/// Marks the loop as running in this thread, for as long as the object lives.
class Running {
 public:
  /// Throws InvalidStateError when the loop cannot run: it is closed, or runs already, or another
  /// one runs in this thread.
  explicit Running(EventLoop& loop);
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running();

 private:
  EventLoop& loop_;
};

/// A loop's place in the list of this process.
class LoopEntry : public Link<> {
 public:
  /// Throws std::bad_alloc.
  explicit LoopEntry(EventLoop& loop);
  LoopEntry(const LoopEntry&) = delete;
  LoopEntry& operator=(const LoopEntry&) = delete;
  ~LoopEntry();

  /// Never given twice, and never 0.
  std::uint64_t id() const { return id_; }
  /// Does the loop with this id run, in whatever thread?
  static bool runs(std::uint64_t id);

  /// Has the loop answer who asks for its tasks, from inside and outside of the process.
  void answer();

  /// What the loop knows besides what its lessons build. Of the loop's thread.
  static LoopEntry& of(EventLoop& loop);
  void add_observer(Observer& observer);
  void remove_observer(Observer& observer);
  /// Debug mode's warnings.
  void warn(const std::string& warning);
  List<Ready>& queue() const;  // of what is ready
  Observer* observer() const;  // null: nobody watches
  /// The callback of add_reader() or add_writer(), or null.
  const Ready* callback_of(int fd, Interest side) const;
  /// For observers: an iteration begins; what is queued after the visit to the kernel is timers.
  void mark_timers();
  /// The loop is about to run `next`, which may be the mark. Tells, once in an iteration, of the
  /// timers, and that it begins. Returns whether it was the mark: nothing is to be run.
  bool tell_timers(const Ready& next);
  std::chrono::nanoseconds slow_callback() const;

  std::atomic<bool> running = false;
  std::uint64_t iterations = 0;

 private:
  static List<LoopEntry>& all();
  static void watch_forks();
  static void orphan_all();

  static inline constinit std::mutex mutex_;

  EventLoop& loop_;
  const std::uint64_t id_;
  std::optional<Inquiry> inquiry_;
  struct Mark final : Ready {
    void run() override {}
  } mark_;               // in the ready queue, before the timers that are due
  bool begins_ = false;  // an iteration, and nothing of it has run
  Observers observers_;
};

// Here and not in process.hpp, which needs the loop: an object that calls runs() may be compiled
// without it.

inline bool LoopEntry::runs(std::uint64_t id) {
  bool found = false;
  const std::lock_guard lock(mutex_);
  all().for_each([&](const LoopEntry& entry) { found |= entry.id_ == id && entry.running; });
  return found;
}

/// Outlives every loop, those that are static too.
inline List<LoopEntry>& LoopEntry::all() {
  static auto* const list = new List<LoopEntry>;
  return *list;
}

[[noreturn, gnu::cold]] inline void throw_no_loop() {
  throw InvalidStateError("no event loop runs in this thread; start one with aio::run()");
}

[[noreturn, gnu::cold]] inline void throw_wrong_thread(const char* call) {
  throw InvalidStateError(std::string(call) +
                          ": the event loop runs in another thread; have it called there, by "
                          "call_soon_threadsafe()");
}

/// The loop that an object serves which was made for none, e.g. an Event or a Queue: the first one
/// in whose thread it is used. A member of such objects.
class HomeLoop {
 public:
  /// Call it before anything is changed. Throws InvalidStateError, naming `call`, while the loop
  /// that uses this object runs in another thread.
  void check_thread(const char* call) const {
    if (id_.load(std::memory_order_relaxed) != loop_id_of_this_thread) [[unlikely]]
      settle(call);
  }

 private:
  [[gnu::cold, gnu::noinline]] void settle(const char* call) const {
    const std::uint64_t id = id_.load(std::memory_order_relaxed);
    if (id != 0 && LoopEntry::runs(id)) throw_wrong_thread(call);
    if (loop_id_of_this_thread != 0) id_.store(loop_id_of_this_thread, std::memory_order_relaxed);
  }

  mutable std::atomic<std::uint64_t> id_ = 0;  // 0: nobody has used it yet
};

}  // namespace detail

/// The loop that runs in this thread. Throws InvalidStateError when none does.
inline EventLoop& running_loop() {
  if (detail::loop_of_this_thread == nullptr) detail::throw_no_loop();
  return *detail::loop_of_this_thread;
}

}  // namespace aio
