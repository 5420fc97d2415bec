#pragma once
// A record of what a loop did: who ran when and for how long, what a task waited for, who woke it,
// which timers were set and which descriptors watched, when the loop asked the kernel and how long
// it slept. It lies in a ring of fixed size: the newest events are kept. trace_file.hpp writes it
// down.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <source_location>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aio/debug/task_of.hpp>
#include <aio/event_loop.hpp>
#include <aio/support/ref.hpp>
#include <aio/task_base.hpp>

namespace aio {

/// One thing that happened. Times are nanoseconds of the loop's clock. Tasks have the numbers of
/// their default names, 0 is none. What else a loop runs, callbacks and timers, is told apart by
/// `node`, a number that is its own while it lives.
///
/// `ran` closes a step, `polled` a visit to the kernel: what happened in it stands before it, all
/// with the time at which it began.
struct TraceEvent {
  enum class Kind : std::uint8_t {
    made,    // a task; text: its name; place: where
    ran,     // a step of a task, or (task 0) a callback; text: which
    waits,   // after its step a task waits; text: for what; node, fd, by: which object or task
    ended,   // after its step a task has ended; text: "cancelled", or how it failed
    queued,  // it waits for its turn; by or by_node: who woke it, or else text: what did
    polled,  // took: the sleep; count: the events; ready: who waits for a turn, timers aside
    begins,  // an iteration runs what is ready; ready: how many, timers included; count: its number
    seen,    // the kernel reports fd; count: 1 to read, 2 to write, 3 both
    set,     // a timer: took is how long until it is due
    unset,   // a timer was cancelled
    watches,  // fd from now on; count: 1 for reading, 2 for writing, 4 a stream or server
    forgets,  // fd
  };
  Clock::rep at = 0;
  Clock::rep took = 0;
  std::source_location place;
  std::uint32_t task = 0, by = 0, count = 0, ready = 0;
  std::uint32_t node = 0, by_node = 0;
  std::int32_t fd = -1;
  Kind kind = Kind::ran;
  std::array<char, 47> words{};  // cut off where it is longer

  std::string_view text() const {
    const auto end = std::find(words.begin(), words.end(), '\0');
    return {words.data(), static_cast<std::size_t>(end - words.begin())};
  }
};

/// Records one loop while it lives.
class Trace final : public Observer {
 public:
  /// Keeps the newest `capacity` events. Throws std::invalid_argument for none.
  explicit Trace(EventLoop& loop = running_loop(), std::size_t capacity = std::size_t{1} << 16);
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;
  ~Trace() { unobserve(loop_, *this); }

  /// Oldest first.
  std::vector<TraceEvent> events() const;
  /// One of them, numbered from 0 on. REQUIRES: lost() <= number < recorded().
  const TraceEvent& event(std::uint64_t number) const { return ring_[number % ring_.size()]; }
  /// How many were overwritten.
  std::uint64_t lost() const { return recorded_ < ring_.size() ? 0 : recorded_ - ring_.size(); }
  /// How many there were.
  std::uint64_t recorded() const { return recorded_; }

  void will_run(EventLoop& loop, const Ready& ready) override;
  void has_run(EventLoop& loop) override;
  void will_poll(EventLoop& loop) override;
  void has_polled(EventLoop& loop, std::size_t events) override;
  void has_queued(EventLoop& loop, const Ready& ready) override;
  void will_run_ready(EventLoop& loop, std::size_t ready) override;
  void has_set_timer(EventLoop& loop, const TimedReady& timed, Clock::time_point when) override;
  void has_cancelled_timer(EventLoop& loop, const TimedReady& timed) override;
  void has_watched(EventLoop& loop, int fd, Interest side, const Ready* callback) override;
  void has_forgotten(EventLoop& loop, int fd, Interest side) override;
  void has_seen(EventLoop& loop, int fd, Interest side) override;

  /// The number of what a loop runs, or of what a task waits for. Null: 0.
  static std::uint32_t number_of(const void* object) {
    return static_cast<std::uint32_t>(reinterpret_cast<std::uintptr_t>(object) / alignof(void*));
  }

 private:
  using Kind = TraceEvent::Kind;
  static Clock::rep now(EventLoop& loop) { return loop.time().time_since_epoch().count(); }
  Clock::rep beginning(EventLoop& loop);
  TraceEvent& add(Kind kind, Clock::rep at);
  TraceEvent& add_done(EventLoop& loop, Kind kind);
  void set_text(TraceEvent& event, std::string_view text);
  void note_end(const detail::TaskBase& task);
  void note_wait(const detail::Waiter& waiter);
  void say_who(std::string_view what);
  void note_made(const detail::TaskBase& task);

  EventLoop& loop_;
  std::vector<TraceEvent> ring_;
  std::size_t next_ = 0;  // where the next event goes
  std::uint64_t recorded_ = 0;
  std::uint32_t newest_ = 0;  // of the tasks that are known
  // What goes on, or has just been.
  Clock::rep began_ = 0, ended_ = 0;
  bool inside_ = false;          // a step, or a visit to the kernel
  std::uint64_t iteration_ = 0;  // in which something has ended; the loop's begin with 1
  Ref<detail::TaskBase> task_;
  std::uint32_t by_ = 0, by_node_ = 0;
  std::array<char, 47> by_text_{};
};

// Implementation

inline Trace::Trace(EventLoop& loop, std::size_t capacity) : loop_(loop), ring_(capacity) {
  if (capacity == 0) throw std::invalid_argument("a trace must have room for an event");
  observe(loop, *this);
}

inline std::vector<TraceEvent> Trace::events() const {
  if (recorded_ <= ring_.size()) {
    return {ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(recorded_)};
  }
  std::vector<TraceEvent> all = ring_;
  std::ranges::rotate(all, all.begin() + static_cast<std::ptrdiff_t>(next_));
  return all;
}

inline TraceEvent& Trace::add(Kind kind, Clock::rep at) {
  TraceEvent& event = ring_[next_];
  if (++next_ == ring_.size()) next_ = 0;
  ++recorded_;
  event = TraceEvent();
  event.kind = kind;
  event.at = at;
  return event;
}

inline void Trace::set_text(TraceEvent& event, std::string_view text) {
  std::copy_n(text.begin(), std::min(text.size(), event.words.size()), event.words.begin());
}

/// A task is known from when it is first seen, which is in the order in which tasks are made.
inline void Trace::note_made(const detail::TaskBase& task) {
  if (task.id() <= newest_) return;
  newest_ = task.id();
  TraceEvent& event = add(Kind::made, began_);
  event.task = task.id();
  event.by = by_;
  event.by_node = by_node_;
  event.place = task.made_at;
  set_text(event, task.name());
}

inline void Trace::will_run(EventLoop& loop, const Ready& ready) {
  began_ = beginning(loop);
  inside_ = true;
  task_ = Ref(detail::task_of(ready));
  if (task_) {
    note_made(*task_);
    by_ = task_->id();
    by_node_ = 0;
    by_text_ = {};
  } else {
    by_ = 0;
    by_node_ = number_of(&ready);
    say_who(ready.describe());
  }
}

inline void Trace::say_who(std::string_view what) {
  by_text_ = {};
  std::copy_n(what.begin(), std::min(what.size(), by_text_.size()), by_text_.begin());
}

/// What ran before in this iteration, or its poll, ended a moment ago: the clock need not be asked.
inline Clock::rep Trace::beginning(EventLoop& loop) {
  const std::uint64_t iteration = detail::LoopEntry::of(loop).iterations;
  if (std::exchange(iteration_, iteration) != iteration) ended_ = now(loop);
  return ended_;
}

inline void Trace::has_run(EventLoop& loop) {
  ended_ = now(loop);
  inside_ = false;
  TraceEvent& ran = add(Kind::ran, began_);
  ran.took = ended_ - began_;
  ran.task = by_;
  ran.node = by_node_;
  ran.words = by_text_;
  const Ref<detail::TaskBase> task = std::exchange(task_, nullptr);
  if (!task) return;
  if (task->done()) {
    note_end(*task);
  } else if (const detail::Waiter* const waiter = task->waiter()) {
    note_wait(*waiter);
  }
}

inline void Trace::note_end(const detail::TaskBase& task) {
  TraceEvent& ended = add(Kind::ended, ended_);
  ended.task = by_;
  if (task.cancelled()) {
    set_text(ended, "cancelled");
  } else if (task.failed()) {
    set_text(ended, "failed: " + message_of(task.failure()));
  }
}

inline void Trace::note_wait(const detail::Waiter& waiter) {
  TraceEvent& waits = add(Kind::waits, ended_);
  const detail::Awaited awaited = waiter.awaited();
  waits.task = by_;
  waits.by = awaited.task;
  waits.node = number_of(awaited.object);
  waits.fd = awaited.descriptor;
  set_text(waits, waiter.what());
}

inline void Trace::will_poll(EventLoop& loop) {
  by_ = by_node_ = 0;
  inside_ = true;
  say_who("the kernel");
  began_ = now(loop);
}

inline void Trace::has_polled(EventLoop& loop, std::size_t events) {
  TraceEvent& polled = add(Kind::polled, began_);
  inside_ = false;
  ended_ = now(loop);
  iteration_ = detail::LoopEntry::of(loop).iterations;
  polled.took = ended_ - began_;
  polled.count = static_cast<std::uint32_t>(events);
  detail::LoopEntry::of(loop).queue().for_each([&polled](const Ready&) { ++polled.ready; });
  began_ = ended_;
  say_who("its time");  // of the timers that are queued next
}

inline void Trace::has_queued(EventLoop& loop, const Ready& ready) {
  const detail::TaskBase* const task = detail::task_of(ready);
  if (task != nullptr) note_made(*task);
  if (!inside_) began_ = beginning(loop);
  TraceEvent& queued = add(Kind::queued, began_);
  queued.task = task != nullptr ? task->id() : 0;
  queued.node = task != nullptr ? 0 : number_of(&ready);
  if (!inside_) return set_text(queued, "its time");
  queued.by = by_;
  queued.by_node = by_node_;
  queued.words = by_text_;
}

inline void Trace::will_run_ready(EventLoop& loop, std::size_t ready) {
  TraceEvent& begins = add(Kind::begins, beginning(loop));
  begins.count = static_cast<std::uint32_t>(detail::LoopEntry::of(loop).iterations);
  begins.ready = static_cast<std::uint32_t>(ready);
}

/// What a step does, or somebody between the iterations.
inline TraceEvent& Trace::add_done(EventLoop& loop, Kind kind) {
  TraceEvent& event = add(kind, inside_ ? began_ : now(loop));
  if (!inside_) return event;
  event.by = by_;
  event.by_node = by_node_;
  return event;
}

inline void Trace::has_set_timer(EventLoop& loop, const TimedReady& timed, Clock::time_point when) {
  TraceEvent& set = add_done(loop, Kind::set);
  set.node = number_of(static_cast<const Ready*>(&timed));
  set.took = when.time_since_epoch().count() - set.at;
}

inline void Trace::has_cancelled_timer(EventLoop& loop, const TimedReady& timed) {
  add_done(loop, Kind::unset).node = number_of(static_cast<const Ready*>(&timed));
}

inline void Trace::has_watched(EventLoop& loop, int fd, Interest side, const Ready* callback) {
  TraceEvent& watches = add_done(loop, Kind::watches);
  watches.fd = fd;
  watches.count = static_cast<std::uint32_t>(side);
  watches.node = number_of(callback);
}

inline void Trace::has_forgotten(EventLoop& loop, int fd, Interest side) {
  TraceEvent& forgets = add_done(loop, Kind::forgets);
  forgets.fd = fd;
  forgets.count = static_cast<std::uint32_t>(side);
}

inline void Trace::has_seen(EventLoop&, int fd, Interest side) {
  TraceEvent& seen = add(Kind::seen, began_);
  seen.fd = fd;
  seen.count = static_cast<std::uint32_t>(side);
}

}  // namespace aio
