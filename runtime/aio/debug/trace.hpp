#pragma once
// A record of what a loop did: which task ran when and for how long, what it waited for, who woke
// it, when the loop asked the kernel and how long it slept. It lies in a ring of fixed size: the
// newest events are kept. trace_file.hpp writes it down.

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

#include <aio/event_loop.hpp>
#include <aio/support/ref.hpp>
#include <aio/task_base.hpp>

namespace aio {

/// One thing that happened. Times are nanoseconds of the loop's clock; tasks have the numbers of
/// their default names, 0 is none.
struct TraceEvent {
  enum class Kind : std::uint8_t {
    made,    // a task; text: its name; place: where
    ran,     // a step of a task, or (task 0) a callback; text: which
    waits,   // after its step a task waits; text: for what
    ended,   // after its step a task has ended
    queued,  // a task waits for its turn; by: the task that woke it, or else text: what did
    polled,  // took: the sleep; count: the events; ready: who waits for a turn, timers aside
  };
  Clock::rep at = 0;
  Clock::rep took = 0;
  std::source_location place;
  std::uint32_t task = 0, by = 0, count = 0, ready = 0;
  Kind kind = Kind::ran;
  std::array<char, 23> words{};  // cut off where it is longer

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
  /// How many were overwritten.
  std::uint64_t lost() const { return recorded_ < ring_.size() ? 0 : recorded_ - ring_.size(); }
  /// How many there were.
  std::uint64_t recorded() const { return recorded_; }

  void will_run(EventLoop& loop, const Ready& ready) override;
  void has_run(EventLoop& loop) override;
  void will_poll(EventLoop& loop) override;
  void has_polled(EventLoop& loop, std::size_t events) override;
  void has_queued(EventLoop& loop, const Ready& ready) override;

 private:
  using Kind = TraceEvent::Kind;
  static Clock::rep now(EventLoop& loop) { return loop.time().time_since_epoch().count(); }
  static detail::TaskBase* task_of(const Ready& ready);
  Clock::rep beginning(EventLoop& loop);
  TraceEvent& add(Kind kind, Clock::rep at);
  void set_text(TraceEvent& event, std::string_view text);
  void note_made(const detail::TaskBase& task);

  EventLoop& loop_;
  std::vector<TraceEvent> ring_;
  std::size_t next_ = 0;  // where the next event goes
  std::uint64_t recorded_ = 0;
  std::uint32_t newest_ = 0;  // of the tasks that are known
  // What goes on, or has just been.
  Clock::rep began_ = 0, ended_ = 0;
  std::uint64_t iteration_ = 0;  // in which something has ended; the loop's begin with 1
  Ref<detail::TaskBase> task_;
  std::uint32_t by_ = 0;
  std::array<char, 23> by_text_{};
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

/// The task, if this is a step of one. A task is what its own wait is for; no cast is needed.
inline detail::TaskBase* Trace::task_of(const Ready& ready) {
  const detail::FutureBase* const whom = ready.for_whom();
  if (whom == nullptr) return nullptr;
  if (dynamic_cast<const void*>(whom) != dynamic_cast<const void*>(&ready)) return nullptr;
  return const_cast<detail::TaskBase*>(static_cast<const detail::TaskBase*>(whom));
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
  event.place = task.made_at;
  set_text(event, task.name());
}

inline void Trace::will_run(EventLoop& loop, const Ready& ready) {
  began_ = beginning(loop);
  by_text_ = {};
  task_ = Ref(task_of(ready));
  if (task_) {
    note_made(*task_);
    by_ = task_->id();
  } else {
    by_ = 0;
    const std::string what = ready.describe();
    std::copy_n(what.begin(), std::min(what.size(), by_text_.size()), by_text_.begin());
  }
}

/// What ran before in this iteration, or its poll, ended a moment ago: the clock need not be asked.
inline Clock::rep Trace::beginning(EventLoop& loop) {
  const std::uint64_t iteration = detail::LoopEntry::of(loop).iterations;
  return std::exchange(iteration_, iteration) == iteration ? ended_ : now(loop);
}

inline void Trace::has_run(EventLoop& loop) {
  const Clock::rep ended = ended_ = now(loop);
  TraceEvent& ran = add(Kind::ran, began_);
  ran.took = ended - began_;
  ran.task = by_;
  ran.words = by_text_;
  const Ref<detail::TaskBase> task = std::exchange(task_, nullptr);
  if (!task) return;
  if (task->done()) {
    add(Kind::ended, ended).task = by_;
  } else if (const detail::Waiter* const waiter = task->waiter()) {
    TraceEvent& waits = add(Kind::waits, ended);
    waits.task = by_;
    set_text(waits, waiter->what());
  }
}

inline void Trace::will_poll(EventLoop& loop) {
  by_ = 0;
  by_text_ = {};
  constexpr std::string_view kernel = "the kernel";
  std::copy_n(kernel.begin(), kernel.size(), by_text_.begin());
  began_ = now(loop);
}

inline void Trace::has_polled(EventLoop& loop, std::size_t events) {
  TraceEvent& polled = add(Kind::polled, began_);
  ended_ = now(loop);
  iteration_ = detail::LoopEntry::of(loop).iterations;
  polled.took = ended_ - began_;
  polled.count = static_cast<std::uint32_t>(events);
  detail::LoopEntry::of(loop).queue().for_each([&polled](const Ready&) { ++polled.ready; });
}

inline void Trace::has_queued(EventLoop&, const Ready& ready) {
  const detail::TaskBase* const task = task_of(ready);
  if (task == nullptr) return;
  note_made(*task);
  TraceEvent& queued = add(Kind::queued, began_);
  queued.task = task->id();
  queued.by = by_;
  queued.words = by_text_;
}

}  // namespace aio
