#pragma once
// Your layer of lesson 04. Check it with: ./learn check 04
// Lesson 04, event_loop: runs callbacks when they are ready, when their time has come, or when
// their descriptor is.
//
// Stands on the poller (02), and on the clock and timers (03).
//  1. A callback never runs inside the call that schedules it.
//  2. One iteration polls, queues what is due, and runs exactly what was ready then. What that
//     schedules waits for the next iteration, so no chain of callbacks can starve the others.
//  3. Within an iteration: what was ready before, then descriptors, then timers by deadline.
//  4. What was cancelled or removed is never called, even if its turn was next.
//  5. A callback that throws is reported; the others still run. Only a FatalError leaves the loop.
//  6. One thread runs a loop, and at most one loop runs in a thread.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <aio/clock.hpp>
#include <aio/event_loop/descriptors.hpp>
#include <aio/event_loop/event_sink.hpp>
#include <aio/event_loop/expected_wakeup.hpp>
#include <aio/event_loop/handle.hpp>
#include <aio/event_loop/options.hpp>
#include <aio/event_loop/ready.hpp>
#include <aio/event_loop/report.hpp>
#include <aio/event_loop/resident.hpp>
#include <aio/event_loop/running.hpp>
#include <aio/event_loop/shuffle.hpp>
#include <aio/poller.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/mailbox.hpp>
#include <aio/support/wakeup.hpp>
#include <aio/timers.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* event_loop = __FILE__;  // which copy was compiled; the tests print it
}

class EventLoop {
 public:
  using Options = LoopOptions;
  using time_point = Clock::time_point;

  EventLoop() : EventLoop(Options{}) {}
  explicit EventLoop(Options options);
  EventLoop(const EventLoop&) = delete;
  EventLoop& operator=(const EventLoop&) = delete;
  /// Closes the loop. REQUIRES: it is not running.
  ~EventLoop();

  // ── scheduling; what schedules throws InvalidStateError on a closed loop, and all but
  //    call_soon_threadsafe() do while the loop runs in another thread ──

  /// Queues a callback. First in, first out.
  Handle call_soon(Callback callback);
  /// Queues it when `delay` has passed; zero or less: in the next iteration.
  TimerHandle call_later(Delay delay, Callback callback);
  /// Queues it at `when`, never earlier. Equal deadlines keep the order in which they were made.
  TimerHandle call_at(time_point when, Callback callback);

  /// Queues it from any thread, and wakes the loop if it sleeps. The loop must exist until this
  /// returns. Throws InvalidStateError when it is closed. (Layers have post() for the same.)
  void call_soon_threadsafe(Callback callback);

  /// Calls back in every iteration in which `fd` can be read (level-triggered), or has hung up or
  /// failed. Replaces an earlier reader of `fd`. Throws std::system_error for a bad descriptor.
  void add_reader(int fd, Callback callback);
  void add_writer(int fd, Callback callback);
  /// Returns whether there was one; on a closed loop there is none. Remove it before you close the
  /// descriptor.
  bool remove_reader(int fd);
  bool remove_writer(int fd);

  // ── running ──

  /// Runs iterations until stop(). Throws InvalidStateError when this loop, or another one in this
  /// thread, is running already. When nothing is ready, no timer is set, no descriptor is watched,
  /// and no thread is expected to wake it: on virtual time, throws DeadlockError; on real time,
  /// warns once, after a second, and waits on, since a signal or a thread may still come.
  void run_forever();
  /// One iteration; may sleep until there is something to do.
  void run_once();
  /// Lets the current iteration finish, then run_forever() returns. On a loop that is not running:
  /// the next run_forever() makes one iteration, without sleeping.
  void stop();
  /// Runs until the awaitable is done: its result, or its exception. Both are defined in lesson 07.
  template <class Awaitable>
  decltype(auto) run_until_complete(Awaitable awaitable);
  template <class Coroutine>
  auto create_task(Coroutine coroutine, std::string name = {});

  bool is_running() const { return entry_.running.load(std::memory_order_relaxed); }
  bool has_ready() const { return !ready_.empty(); }
  /// Drops what is queued, without running it, and evicts what lives here. Idempotent. Throws
  /// InvalidStateError on a running loop.
  void close();
  bool is_closed() const { return closed_; }
  /// The loop's clock, read now.
  time_point time() const { return clock_->now(); }

  // ── reports ──

  /// Takes the reports of exceptions that nobody handled; an empty one restores the default, which
  /// writes to stderr.
  void set_exception_handler(ExceptionHandler handler);
  bool has_exception_handler() const { return handler_ != nullptr; }
  /// Reports. Only a FatalError thrown by the handler leaves this call.
  void call_exception_handler(const ExceptionContext& context);
  bool debug() const { return debug_; }
  void set_debug(bool debug);
  /// Takes the warnings of debug mode instead of stderr.
  void set_warning_sink(std::move_only_function<void(std::string_view)> sink);

  // ── for the layers above: nodes that live in their owner; they throw InvalidStateError while the
  //    loop runs in another thread, but for two that are called at each step of each task ──

  /// Queues `ready`. REQUIRES: not queued; this loop is open, and does not run in another thread.
  void call_soon(Ready& ready);
  /// Queues all of them, in order.
  void call_soon(List<Ready>& all);
  /// Queues it from any thread, and wakes the loop. Returns false, and takes nothing, when the loop
  /// is closed.
  bool post(Posted& posted) noexcept;
  void call_at(time_point when, TimedReady& timed);
  /// Takes `timed` out, waiting or due. Returns false if it was neither.
  bool cancel(TimedReady& timed);
  /// Tells `sink` of each change of `fd`, both directions, in one registration (edge-triggered).
  /// Callbacks that `fd` had are let go. Throws InvalidStateError when it has a sink already.
  void attach(int fd, EventSink& sink);
  /// REQUIRES: attached; not closed yet.
  void detach(int fd);
  /// `listener` hears of every ask() from now on, until it is destroyed.
  Wakeup& listen(WakeListener& listener);
  void admit(Resident& resident) { residents_.push_back(resident); }
  template <class Visit>
  void for_each_resident(Visit visit) const {
    residents_.for_each(visit);
  }
  /// The loop's attachment of type A, made when it is first asked for, destroyed when the loop is
  /// closed. Throws InvalidStateError when that has happened.
  template <class A>
  A& attachment();
  const std::vector<std::unique_ptr<Attachment>>& attachments() const { return attachments_; }
  const Ref<detail::LoopAnchor>& anchor() const { return anchor_; }
  /// Throws InvalidStateError when the loop is closed or runs in another thread.
  void check_usable(const char* call) const;
  /// Throws InvalidStateError when the loop runs in another thread.
  void check_thread(const char* call) const;
  /// While what it returns lives, somebody outside is going to wake the loop, e.g. a thread that
  /// was given something to do: silence is no deadlock. It must not outlive the loop.
  [[nodiscard]] ExpectedWakeup expect_wakeup() { return ExpectedWakeup(expected_); }

 private:
  using Descriptor = detail::Descriptor;
  struct EndOfBatch final : Ready {
    void run() override {}
  };
  using Running = detail::Running;
  friend Running;
  friend Descriptor;
  friend detail::LoopEntry;
  friend detail::KernelVisit;
  [[noreturn]] void throw_closed(const char* call) const;
  void iterate();
  bool must_poll();  // may the kernel know something? Called once in an iteration, which it counts
  /// Is a descriptor watched, besides the one that wakes the loop?
  bool watches() const { return poller_.watched() > 1; }
  void poll();
  void wake() noexcept;
  void hear();
  void queue_handlers(const PollEvent& event);
  void queue_handler(const Ref<detail::Watcher>& watcher);
  void queue_due_timers();
  void run_ready();
  void run_one(Ready& ready);
  void run_watched(Ready& ready);
  void warn_if_slow(const std::string& name, Clock::duration took);
  void handle_exception(const std::string& source);
  void warn(const std::string& warning);
  void watch(int fd, Interest side, Callback callback);
  bool unwatch(int fd, Interest side);
  void drop(int fd);
  void drop_lost(int fd);
  void orphan() noexcept;

  List<Ready> ready_;  // the ready queue
  TimerQueue timers_;
  Poller poller_;
  std::unordered_map<int, Descriptor> descriptors_;
  detail::AttachedDescriptors attached_;
  Wakeup wakeup_;
  EventSink wake_sink_{[](EventSink&, EventLoop& loop, PollEvent) { loop.hear(); }};
  List<WakeListener> listeners_;
  Mailbox<Posted, Callback> posts_;  // from other threads
  Clock* clock_;
  bool stopping_ = false, closed_ = false, debug_ = false;
  bool slow_way_ = false;  // somebody wants to know what runs
  bool orphan_ = false;    // it belongs to the process that has forked this one
  bool told_of_rest_ = false, told_of_ghosts_ = false;  // each is said once
  detail::WakeupCount expected_ = 0;
  Observer* observer_ = nullptr;
  std::chrono::nanoseconds slow_callback_;
  detail::Shuffle shuffle_;
  List<Resident, ResidentTag> residents_;
  std::shared_ptr<ExceptionHandler> handler_;
  std::move_only_function<void(std::string_view)> warning_sink_;
  Ref<detail::LoopAnchor> anchor_{new detail::LoopAnchor};
  detail::LoopEntry entry_{*this};
  std::vector<std::unique_ptr<Attachment>> attachments_;  // use the rest, so that they go first
};

// Implementation: the steps, in their order. What is given stands in the rooms at the end.

//: 4.1 queue the callback, never run it here
inline Handle EventLoop::call_soon(Callback callback) {
  AIO_TODO("4.1", "queue the callback, never run it here");
}

//: 4.2 the whole machine: poll, queue what is due, run what is ready
inline void EventLoop::iterate() {
  AIO_TODO("4.2", "the whole machine: poll, queue what is due, run what is ready");
}

//: 4.2 run exactly what is in the queue now
inline void EventLoop::run_ready() {
  AIO_TODO("4.2", "run exactly what is in the queue now");
}

//: 4.3 remember the callback until its deadline
inline TimerHandle EventLoop::call_at(time_point when, Callback callback) {
  AIO_TODO("4.3", "remember the callback until its deadline");
}

//: 4.3 a delay is a deadline, counted from now
inline TimerHandle EventLoop::call_later(Delay delay, Callback callback) {
  AIO_TODO("4.3", "a delay is a deadline, counted from now");
}

//: 4.3 move the timers that are due into the ready queue
inline void EventLoop::queue_due_timers() {
  AIO_TODO("4.3", "move the timers that are due into the ready queue");
}

//: 4.4 watch a descriptor for one more direction, or replace its callback
inline void EventLoop::watch(int fd, Interest side, Callback callback) {
  AIO_TODO("4.4", "watch a descriptor for one more direction, or replace its callback");
}

//: 4.4 stop watching one direction; an event already reported must not be delivered
inline bool EventLoop::unwatch(int fd, Interest side) {
  AIO_TODO("4.4", "stop watching one direction; an event already reported must not be delivered");
}

//: 4.4 queue the callbacks of a ready descriptor
inline void EventLoop::queue_handlers(const PollEvent& event) {
  AIO_TODO("4.4", "queue the callbacks of a ready descriptor");
}

//: 4.5 iterate until somebody has called stop()
inline void EventLoop::run_forever() {
  AIO_TODO("4.5", "iterate until somebody has called stop()");
}

//: 4.6 report the exception being handled, unless it is fatal
inline void EventLoop::handle_exception(const std::string& source) {
  AIO_TODO("4.6", "report the exception being handled, unless it is fatal");
}

//: 4.6 hand the report on; a handler that throws is reported itself
inline void EventLoop::call_exception_handler(const ExceptionContext& context) {
  AIO_TODO("4.6", "hand the report on; a handler that throws is reported itself");
}

}  // namespace aio

#include <aio/event_loop/kernel_visit.hpp>
#include <aio/event_loop/lifetime.hpp>
#include <aio/event_loop/nodes.hpp>
#include <aio/event_loop/posts.hpp>
#include <aio/event_loop/process.hpp>
#include <aio/event_loop/supervision.hpp>
#include <aio/event_loop/watching.hpp>
