#pragma once
// Lesson 04, event_loop: runs callbacks when they are ready, when their time has come, or when
// their descriptor is.
//
// Stands on the poller (02), and on the clock and timers (03).
//  1. A callback never runs inside the call that schedules it.
//  2. One iteration polls, queues what is due, and runs exactly what was ready then. What that
//     schedules waits for the next iteration, so no chain of callbacks can starve the others.
//  3. Within an iteration: what was ready before, then descriptors, then timers by deadline.
//  4. A callback that throws is reported; the others still run. Only a FatalError leaves the loop.
//  5. One thread runs a loop, and at most one loop runs in a thread.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <aio/clock.hpp>
#include <aio/poller.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/support/mailbox.hpp>
#include <aio/support/pool.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/wakeup.hpp>
#include <aio/timers.hpp>

namespace aio {

namespace layers {
inline constexpr const char* event_loop = __FILE__;  // which copy was compiled; the tests print it
}

class EventLoop;
using Callback = std::move_only_function<void()>;

/// Something the loop can run: a link in the ready queue, and what to do when its turn comes.
/// Its owner keeps it alive while it is queued, or destroys it, which takes it out of the queue.
class Ready : public Link<> {
 public:
  virtual void run() = 0;
  /// Dropped without having run, because the loop is closed.
  virtual void discard() noexcept {}
  /// For reports: what this is.
  virtual std::string describe() const { return "callback"; }

 protected:
  ~Ready() = default;
};

/// A Ready that is queued when its time has come.
class TimedReady : public Ready, public Timer {};

/// A Ready that other threads may queue, through EventLoop::post().
class Posted : public Ready {
 public:
  std::size_t mailed = 0;  // the mailbox's

 protected:
  ~Posted() = default;
};

struct ResidentTag {};

/// What lives on the loop until it has finished, e.g. a task. A loop that is closed evicts those
/// that have not.
class Resident : public Link<ResidentTag> {
 public:
  virtual void evict() noexcept = 0;
  /// For reports: what this is, and what it waits for.
  virtual std::string describe() const = 0;

 protected:
  ~Resident() = default;
};

/// What lives as long as its loop, e.g. threads that work for it.
struct Attachment {
  virtual ~Attachment() = default;
};

/// What went wrong where: given to the exception handler.
struct ExceptionContext {
  std::string message;
  std::exception_ptr exception;
  std::string source;  // the callback or task it came from
};
using ExceptionHandler = std::move_only_function<void(const ExceptionContext&)>;

/// Is told of everything that a loop runs; nothing in the runtime knows what it makes of that.
class Observer {
 public:
  virtual void will_run(EventLoop& loop, const Ready& ready) = 0;
  /// What was run may be gone by now.
  virtual void has_run(EventLoop& loop) = 0;

 protected:
  ~Observer() = default;
};

/// Is told what the kernel reports of a descriptor, in the middle of the poll: it takes note and
/// queues, but runs nobody.
struct EventSink {
  using Deliver = void (*)(EventSink& self, EventLoop& loop, PollEvent event);
  explicit constexpr EventSink(Deliver function) : deliver(function) {}
  Deliver deliver;
};

/// Is told, in the middle of the poll, that Wakeup::ask() was called: it takes note and queues,
/// but runs nobody. Only a FatalError may leave it, and leaves the loop.
class WakeListener : public Link<> {
 public:
  virtual void woken() = 0;

 protected:
  ~WakeListener() = default;
};

namespace detail {

/// Throws std::invalid_argument for a callback that calls nothing.
inline void refuse_empty(const Callback& callback) {
  if (!callback) throw std::invalid_argument("the event loop was given an empty callback");
}

/// A callback that runs once, from the ready queue or (`Base` TimedReady) when its time has come.
template <class Base>
class Scheduled final : public Base, public RefCounted, public Pooled {
 public:
  Scheduled(EventLoop& owner, Callback callback) : loop_(owner), callback_(std::move(callback)) {
    refuse_empty(callback_);
  }
  /// It waits for its turn: keeps itself alive until it has run, or was cancelled or discarded.
  void queued() {
    this->add_refs(1);
    queued_ = true;
  }
  void run() override;
  void discard() noexcept override;
  void cancel();
  bool cancelled() const { return cancelled_; }

  Clock::time_point when{};  // the deadline, for timers

 private:
  Ref<Scheduled> take_reference() {
    queued_ = false;
    return Ref<Scheduled>::adopt(this);
  }

  EventLoop& loop_;  // valid while queued_
  Callback callback_;
  bool queued_ = false;  // it waits for its turn, and has a reference to itself
  bool cancelled_ = false;
};

/// The callback of a descriptor: runs once in every iteration that finds the descriptor ready.
class Watcher final : public Ready, public RefCounted, public Pooled {
 public:
  explicit Watcher(Callback callback) : callback_(std::move(callback)) { refuse_empty(callback_); }
  void run() override {
    Ref<Watcher> alive(this);  // it may remove itself
    callback_();
  }

 private:
  Callback callback_;
};

/// Lets a future, which may outlive its loop, find out whether the loop still exists.
struct LoopAnchor : RefCounted {
  EventLoop* loop = nullptr;
};

inline constinit thread_local EventLoop* loop_of_this_thread = nullptr;
inline constinit thread_local Observer* default_observer = nullptr;

}  // namespace detail

/// A scheduled callback; copies share it. Outlives the loop harmlessly.
template <class Base>
class BasicHandle {
 public:
  explicit BasicHandle(Ref<detail::Scheduled<Base>> scheduled) : scheduled_(std::move(scheduled)) {}

  /// Prevents the call and releases the callback at once. No effect when it has already run.
  void cancel() { scheduled_->cancel(); }
  bool cancelled() const { return scheduled_->cancelled(); }
  /// The deadline, also after it has passed or was cancelled.
  Clock::time_point when() const requires std::is_same_v<Base, TimedReady> {
    return scheduled_->when;
  }

 private:
  Ref<detail::Scheduled<Base>> scheduled_;
};
using Handle = BasicHandle<Ready>;
using TimerHandle = BasicHandle<TimedReady>;

/// How a loop is made.
struct LoopOptions {
  Clock* clock = nullptr;  // null: a SteadyClock. Must outlive the loop.
  bool debug = false;      // reports slow callbacks
  std::chrono::nanoseconds slow_callback = std::chrono::milliseconds(100);
  std::optional<std::uint64_t> shuffle_seed = {};  // runs each batch in an order drawn from it
  Observer* observer = nullptr;  // null: the thread's default, usually none. Must outlive the loop.
};

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

  // ── scheduling; all throw std::logic_error on a closed loop, and all but one from another
  //    thread ──

  /// Queues a callback. First in, first out.
  Handle call_soon(Callback callback);
  /// Queues it when `delay` has passed; zero or less: in the next iteration.
  TimerHandle call_later(Delay delay, Callback callback);
  /// Queues it at `when`, never earlier. Equal deadlines keep the order in which they were made.
  TimerHandle call_at(time_point when, Callback callback);

  /// Queues it from another thread, and wakes the loop if it sleeps. The only member that other
  /// threads may call, as long as the loop exists. Throws std::logic_error when it is closed.
  void call_soon_threadsafe(Callback callback);

  /// Calls back in every iteration in which `fd` can be read (level-triggered), or has hung up or
  /// failed. Replaces an earlier reader of `fd`. Throws std::system_error for a bad descriptor.
  void add_reader(int fd, Callback callback) {
    refuse_attached(fd);
    watch(fd, Interest::read, std::move(callback));
  }
  void add_writer(int fd, Callback callback) {
    refuse_attached(fd);
    watch(fd, Interest::write, std::move(callback));
  }
  /// Returns whether there was one. Remove it before you close the descriptor.
  bool remove_reader(int fd) {
    refuse_attached(fd);
    return unwatch(fd, Interest::read);
  }
  bool remove_writer(int fd) {
    refuse_attached(fd);
    return unwatch(fd, Interest::write);
  }

  // ── running ──

  /// Runs iterations until stop(). Throws std::logic_error when this loop, or another one in this
  /// thread, is running already; DeadlockError when nothing can ever happen any more: nothing is
  /// ready, no timer is set, no descriptor is watched, and there is no other thread.
  void run_forever();
  /// One iteration; may sleep until there is something to do.
  void run_once();
  /// Lets the current iteration finish, then run_forever() returns. On a loop that is not running:
  /// the next run_forever() makes one iteration, without sleeping.
  void stop() { stopping_ = true; }
  /// Runs until the awaitable is done: its result, or its exception. Defined with tasks (07).
  template <class Awaitable>
  decltype(auto) run_until_complete(Awaitable awaitable);
  /// Defined with tasks (07).
  template <class Coroutine>
  auto create_task(Coroutine coroutine, std::string name = {});

  bool is_running() const { return running_; }
  bool has_ready() const { return !ready_.empty(); }
  /// Drops what is queued, without running it, and evicts what lives here. Idempotent. Throws
  /// std::logic_error on a running loop.
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
  void set_debug(bool debug) {
    debug_ = debug;
    slow_way_ = debug_ || observer_ != nullptr;
  }
  /// Takes the warnings of debug mode instead of stderr.
  void set_warning_sink(std::move_only_function<void(std::string_view)> sink) {
    warning_sink_ = std::move(sink);
  }

  // ── for the layers above: nodes that live in their owner ──

  /// Queues `ready`. REQUIRES: not queued; this loop is open.
  void call_soon(Ready& ready) { ready_.push_back(ready); }
  /// Queues all of them, in order.
  void call_soon(List<Ready>& all) { ready_.splice(all); }
  /// Queues it from any thread, and wakes the loop. Returns false, and takes nothing, when the loop
  /// is closed.
  bool post(Posted& posted) noexcept;
  void call_at(time_point when, TimedReady& timed) { timers_.push(when, timed); }
  /// Takes `timed` out, waiting or due. Returns false if it was neither.
  bool cancel(TimedReady& timed);
  /// Tells `sink` of each change of `fd`, both directions, in one registration (edge-triggered).
  void attach(int fd, EventSink& sink);
  /// REQUIRES: attached; not closed yet.
  void detach(int fd);
  /// `listener` hears of every ask() from now on, until it is destroyed.
  Wakeup& listen(WakeListener& listener) {
    listeners_.push_back(listener);
    return wakeup_;
  }
  void admit(Resident& resident) { residents_.push_back(resident); }
  template <class Visit>
  void for_each_resident(Visit visit) const {
    residents_.for_each(visit);
  }
  /// The loop's attachment of type A, made when it is first asked for, destroyed when the loop is
  /// closed. Throws std::logic_error when that has happened.
  template <class A>
  A& attachment();
  const std::vector<std::unique_ptr<Attachment>>& attachments() const { return attachments_; }
  const Ref<detail::LoopAnchor>& anchor() const { return anchor_; }
  /// Throws std::logic_error when the loop is closed or runs in another thread.
  void check_usable(const char* call) const {
    if (closed_ || (running_ && detail::loop_of_this_thread != this)) throw_unusable(call);
  }

 private:
  struct Descriptor {
    EventSink sink{to_descriptor};  // what the poller is given leads here, and to the whole
    Ref<detail::Watcher> reader, writer;
    Ref<detail::Watcher>& side(Interest which) { return which == Interest::read ? reader : writer; }
    Interest interest() const {
      return (reader ? Interest::read : Interest::none) |
             (writer ? Interest::write : Interest::none);
    }
  };
  struct EndOfBatch final : Ready {
    void run() override {}
  };
  class Running;
  static constexpr Clock::duration patience = std::chrono::seconds(1);

  [[noreturn]] void throw_unusable(const char* call) const;
  void iterate();
  bool must_poll() const { return ready_.empty() || watches() || wakeup_.asked(); }
  /// Is a descriptor watched, besides the one that wakes the loop?
  bool watches() const { return poller_.watched() > 1; }
  /// Is there a thread that may wake the loop? Looked up once, and again after a sleep in vain.
  bool thread_may_wake() { return threads_seen_ || (threads_seen_ = other_threads()); }
  void poll();
  void wake() noexcept;
  void hear();
  static void to_descriptor(EventSink& sink, EventLoop& loop, PollEvent event);
  void refuse_attached(int fd) const;
  static void fetch(const PollEvent& event);
  void deliver(const PollEvent& event);
  void queue_handlers(const PollEvent& event);
  void queue_handler(const Ref<detail::Watcher>& watcher);
  void queue_due_timers();
  void run_ready();
  void run_one(Ready& ready);
  void run_watched(Ready& ready);
  void warn_if_slow(const std::string& name, Clock::duration took);
  void handle_exception(const std::string& source);
  void report(const ExceptionContext& context) noexcept;
  void warn(const std::string& warning);
  void shuffle_ready();
  void watch(int fd, Interest side, Callback callback);
  bool unwatch(int fd, Interest side);
  DeadlockError deadlock() const;

  List<Ready> ready_;  // the ready queue
  TimerQueue timers_;
  Poller poller_;
  std::unordered_map<int, Descriptor> descriptors_;
  std::vector<bool> attached_;  // descriptors that have a sink of their own
  Wakeup wakeup_;
  EventSink wake_sink_{[](EventSink&, EventLoop& loop, PollEvent) { loop.hear(); }};
  List<WakeListener> listeners_;
  Mailbox<Posted, Callback> posts_;  // from other threads
  Clock* clock_;
  bool running_ = false, stopping_ = false, closed_ = false, debug_ = false;
  bool slow_way_ = false;      // somebody wants to know what runs
  bool threads_seen_ = false;  // there was another one not long ago
  Observer* observer_ = nullptr;
  std::chrono::nanoseconds slow_callback_;
  std::optional<std::minstd_rand> shuffle_;
  List<Resident, ResidentTag> residents_;
  std::vector<std::unique_ptr<Attachment>> attachments_;
  std::shared_ptr<ExceptionHandler> handler_;
  std::move_only_function<void(std::string_view)> warning_sink_;
  Ref<detail::LoopAnchor> anchor_{new detail::LoopAnchor};
};

/// The loop that runs in this thread. Throws std::logic_error when none does.
EventLoop& running_loop();

// Implementation

namespace detail {
[[noreturn, gnu::cold]] inline void throw_no_loop() {
  throw std::logic_error("no event loop runs in this thread; start one with aio::run()");
}
}  // namespace detail

inline EventLoop& running_loop() {
  if (detail::loop_of_this_thread == nullptr) detail::throw_no_loop();
  return *detail::loop_of_this_thread;
}

inline EventLoop::EventLoop(Options options)
    : clock_(options.clock), slow_callback_(options.slow_callback) {
  static SteadyClock steady;
  if (clock_ == nullptr) clock_ = &steady;
  observer_ = options.observer != nullptr ? options.observer : detail::default_observer;
  set_debug(options.debug);
  if (options.shuffle_seed) {
    shuffle_.emplace(static_cast<std::minstd_rand::result_type>(*options.shuffle_seed));
  }
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

//: 4.1 queue the callback, never run it here
inline Handle EventLoop::call_soon(Callback callback) {
  check_usable("call_soon");
  Ref node(new detail::Scheduled<Ready>(*this, std::move(callback)));
  node->queued();
  ready_.push_back(*node);
  return Handle(std::move(node));
}

//: 4.3 remember the callback until its deadline
inline TimerHandle EventLoop::call_at(time_point when, Callback callback) {
  check_usable("call_at");
  Ref node(new detail::Scheduled<TimedReady>(*this, std::move(callback)));
  node->when = when;
  timers_.push(when, *node);
  node->queued();
  return TimerHandle(std::move(node));
}

//: 4.3 a delay is a deadline, counted from now
inline TimerHandle EventLoop::call_later(Delay delay, Callback callback) {
  return call_at(delay.after(time()), std::move(callback));
}

inline bool EventLoop::cancel(TimedReady& timed) {
  if (timers_.cancel(timed)) return true;
  if (!timed.linked()) return false;
  timed.unlink();
  return true;
}

/// Marks the loop as running in this thread, for as long as the object lives.
class EventLoop::Running {
 public:
  explicit Running(EventLoop& loop) : loop_(loop) {
    loop.check_usable("run");
    if (loop.running_) throw std::logic_error("run: this event loop is running already");
    if (detail::loop_of_this_thread != nullptr) {
      throw std::logic_error("run: another event loop is running in this thread");
    }
    loop.running_ = true;
    detail::loop_of_this_thread = &loop;
  }
  ~Running() {
    loop_.running_ = false;
    detail::loop_of_this_thread = nullptr;
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

 private:
  EventLoop& loop_;
};

//: 4.5 iterate until somebody has called stop()
inline void EventLoop::run_forever() {
  Running running(*this);
  struct ClearStop {
    bool& stopping;
    ~ClearStop() { stopping = false; }
  } clear{stopping_};
  do {
    iterate();
  } while (!stopping_);
}

inline void EventLoop::run_once() {
  Running running(*this);
  iterate();
}

//: 4.2 the whole machine: poll, queue what is due, run what is ready
inline void EventLoop::iterate() {
  if (must_poll()) poll();  // else it could tell nothing
  if (timers_.entries() > 0) queue_due_timers();
  if (shuffle_) shuffle_ready();
  run_ready();
}

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

inline void EventLoop::to_descriptor(EventSink&, EventLoop& loop, PollEvent event) {
  static_assert(std::is_standard_layout_v<Descriptor>, "a Descriptor begins with its sink");
  loop.queue_handlers(event);
}

inline void EventLoop::attach(int fd, EventSink& sink) {
  check_usable("attach");
  poller_.watch(fd, Interest::read | Interest::write | Interest::edge, &sink);
  const auto index = static_cast<std::size_t>(fd);
  if (index >= attached_.size()) attached_.resize(index + 1);
  attached_[index] = true;
}

inline void EventLoop::detach(int fd) {
  poller_.forget(fd);
  attached_[static_cast<std::size_t>(fd)] = false;
}

inline void EventLoop::call_soon_threadsafe(Callback callback) {
  if (detail::loop_of_this_thread == this) {
    call_soon(std::move(callback));
    return;
  }
  detail::refuse_empty(callback);
  if (!posts_.put(std::move(callback))) {
    throw std::logic_error("call_soon_threadsafe: the event loop is closed");
  }
  wake();
}

inline bool EventLoop::post(Posted& posted) noexcept {
  if (!posts_.put(posted)) return false;
  wake();
  return true;
}

/// Asked already, the loop has yet to take what is in the mailbox: its lock orders the two. A look
/// costs less than a write.
inline void EventLoop::wake() noexcept {
  if (!wakeup_.asked()) wakeup_.ask();
}

inline void EventLoop::hear() {
  wakeup_.answer();
  try {
    posts_.take_all([this](Posted& posted) { ready_.push_back(posted); },
                    [this](Callback& callback) {
                      Ref node(new detail::Scheduled<Ready>(*this, std::move(callback)));
                      node->queued();
                      ready_.push_back(*node);
                    });
  } catch (const std::bad_alloc&) {
    wakeup_.ask();  // what is left comes in the next iteration
  }
  listeners_.for_each([](WakeListener& listener) { listener.woken(); });
}

/// Throws std::logic_error for a descriptor that belongs to a stream or a server.
inline void EventLoop::refuse_attached(int fd) const {
  const auto index = static_cast<std::size_t>(fd);  // a negative number becomes a huge one
  if (index >= attached_.size() || !attached_[index]) return;
  throw std::logic_error("descriptor " + std::to_string(fd) +
                         " belongs to a stream or server: use that to read and write");
}

//: 4.4 queue the callbacks of a ready descriptor
inline void EventLoop::queue_handlers(const PollEvent& event) {
  if (event.data == nullptr) return;
  const Descriptor& descriptor = *static_cast<Descriptor*>(event.data);
  const bool broken = event.hangup || event.error;  // reading or writing will tell what happened
  if (event.readable || broken) queue_handler(descriptor.reader);
  if (event.writable || broken) queue_handler(descriptor.writer);
}

inline void EventLoop::queue_handler(const Ref<detail::Watcher>& watcher) {
  if (watcher && !watcher->linked()) ready_.push_back(*watcher);
}

//: 4.3 move the timers that are due into the ready queue
inline void EventLoop::queue_due_timers() {
  const time_point now = time();
  while (Timer* due = timers_.pop_due(now)) ready_.push_back(static_cast<TimedReady&>(*due));
}

//: 4.2 run exactly what is in the queue now
inline void EventLoop::run_ready() {
  EndOfBatch end;  // leaves the queue by itself if a FatalError ends the batch early
  ready_.push_back(end);
  for (Ready* next = &ready_.pop_front(); next != &end; next = &ready_.pop_front()) {
    run_one(*next);
  }
}

inline void EventLoop::run_one(Ready& ready) {
  if (slow_way_) [[unlikely]]
    return run_watched(ready);
  try {
    ready.run();
  } catch (...) {
    handle_exception("a callback");
  }
}

//: 4.6 report the exception being handled, unless it is fatal
inline void EventLoop::handle_exception(const std::string& source) {
  try {
    throw;
  } catch (const FatalError&) {
    throw;
  } catch (...) {
    call_exception_handler({"an exception left " + source, std::current_exception(), source});
  }
}

/// The slow way, for debug mode and observers: knows the name and the time of what runs.
inline void EventLoop::run_watched(Ready& ready) {
  const std::string name = ready.describe();
  const time_point started = time();
  if (observer_ != nullptr) observer_->will_run(*this, ready);
  try {
    ready.run();
  } catch (...) {
    handle_exception(name);
  }
  if (observer_ != nullptr) observer_->has_run(*this);
  if (debug_) warn_if_slow(name, time() - started);
}

inline void EventLoop::warn_if_slow(const std::string& name, Clock::duration took) {
  if (took < slow_callback_) return;
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(took).count();
  warn("slow: " + name + " kept the loop busy for " + std::to_string(ms) + " ms");
}

inline void EventLoop::warn(const std::string& warning) {
  if (warning_sink_) return warning_sink_(warning);
  std::fprintf(stderr, "%s\n", warning.c_str());
}

/// Any order of what is ready is a legal schedule of independent work: a seed replays one.
inline void EventLoop::shuffle_ready() {
  std::vector<Ready*> batch;
  while (!ready_.empty()) batch.push_back(&ready_.pop_front());
  std::shuffle(batch.begin(), batch.end(), *shuffle_);
  for (Ready* ready : batch) ready_.push_back(*ready);
}

//: 4.4 watch a descriptor for one more direction, or replace its callback
inline void EventLoop::watch(int fd, Interest side, Callback callback) {
  check_usable(side == Interest::read ? "add_reader" : "add_writer");
  Ref watcher(new detail::Watcher(std::move(callback)));
  Descriptor& descriptor = descriptors_[fd];
  try {
    poller_.watch(fd, descriptor.interest() | side, &descriptor);
  } catch (...) {
    if (descriptor.interest() == Interest::none) descriptors_.erase(fd);
    throw;
  }
  const Ref<detail::Watcher> replaced = std::exchange(descriptor.side(side), std::move(watcher));
  if (replaced) replaced->unlink();
}

//: 4.4 stop watching one direction; an event already reported must not be delivered
inline bool EventLoop::unwatch(int fd, Interest side) {
  const auto found = descriptors_.find(fd);
  if (found == descriptors_.end() || !found->second.side(side)) return false;
  const Ref<detail::Watcher> removed = std::exchange(found->second.side(side), nullptr);
  removed->unlink();
  const Interest left = found->second.interest();
  if (left == Interest::none) {
    poller_.forget(fd);
    descriptors_.erase(found);
  } else {
    poller_.watch(fd, left, &found->second);
  }
  return true;
}

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

inline void EventLoop::set_exception_handler(ExceptionHandler handler) {
  handler_ = handler ? std::make_shared<ExceptionHandler>(std::move(handler)) : nullptr;
}

//: 4.6 hand the report on; a handler that throws is reported itself
inline void EventLoop::call_exception_handler(const ExceptionContext& context) {
  const auto handler = handler_;  // it may replace itself
  if (handler == nullptr) return report(context);
  try {
    (*handler)(context);
  } catch (const FatalError&) {
    throw;
  } catch (...) {
    report({"the exception handler threw while it handled \"" + context.message + "\" (" +
                message_of(context.exception) + ")",
            std::current_exception(), context.source});
  }
}

/// The default handler: one line on stderr.
inline void EventLoop::report(const ExceptionContext& context) noexcept {
  const std::string what = context.exception ? message_of(context.exception) : "no exception";
  std::fprintf(stderr, "loopwright: %s: %s%s%s\n", context.message.c_str(), what.c_str(),
               context.source.empty() ? "" : " in ", context.source.c_str());
}

inline DeadlockError EventLoop::deadlock() const {
  std::string who;
  residents_.for_each([&who](const Resident& resident) { who += "\n  " + resident.describe(); });
  const std::string why =
      "deadlock: nothing is ready, no timer is set and no descriptor can wake the loop";
  return DeadlockError(why + (who.empty() ? "; nothing lives on it" : ", and these wait:" + who));
}

namespace detail {

template <class Base>
void Scheduled<Base>::run() {
  const Ref<Scheduled> alive = take_reference();
  Callback callback = std::move(callback_);
  callback();
}

template <class Base>
void Scheduled<Base>::discard() noexcept {
  const Ref<Scheduled> alive = take_reference();
  callback_ = nullptr;
}

template <class Base>
void Scheduled<Base>::cancel() {
  if (!queued_) return;  // it has run, or was cancelled
  cancelled_ = true;
  if constexpr (std::is_same_v<Base, TimedReady>) {
    loop_.cancel(*this);
  } else {
    this->unlink();
  }
  discard();
}

}  // namespace detail
}  // namespace aio
