#pragma once
// Your layer of lesson 07. Check it with: ./learn check 07
// Lesson 07, task: a coroutine that the loop runs.
//
// Stands on the loop (04), futures (05) and coroutines (06). A task is a future whose result comes
// from a coroutine, and a Ready whose turn is one step: from one suspension to the next.
//  1. A task is in exactly one place: running, in the ready queue, or parked on one waiter.
//  2. create_task() runs nothing; the first step comes in the next iteration.
//  3. Whoever ends a wait queues the task. Nobody resumes a coroutine from inside other code.
//  4. cancel() is a request. Parked: it is passed on to what the task waits for. Otherwise it is
//     noted, and thrown as CancelledError, once, where the task next comes out of a wait.
//  5. The loop keeps a task until it has finished; dropping a handle stops nothing.
//  6. Whatever suspends a task parks it, or sends it to the back of the queue.

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/interrupt.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* task = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

class TaskBase;
inline constinit thread_local TaskBase* running_task = nullptr;

/// What a parked task waits on: the base of an awaiter, so it lives in the coroutine's frame.
class Waiter {
 public:
  /// Passes a request to cancel on. Returns false when the wait is over already.
  virtual bool cancel() = 0;
  /// For reports: what is waited for.
  virtual std::string what() const = 0;

 protected:
  ~Waiter() = default;
};

/// What tasks of all types have in common.
class TaskBase : public Ready, public FutureBase, public Resident {
 public:
  TaskBase(EventLoop& loop, std::coroutine_handle<> frame);
  ~TaskBase() override = default;

  /// The task that runs now. Throws std::logic_error, naming `call`, when there is none.
  static TaskBase& current(const char* call) {
    if (running_task == nullptr) throw_no_task(call);
    return *running_task;
  }

  bool cancel() override;
  int cancelling() const { return static_cast<int>(cancels_); }
  int uncancel();
  std::string_view name() const;
  void set_name(std::string name) { name_ = std::make_unique<std::string>(std::move(name)); }
  std::string describe() const override;

  /// The wait is set up: the task sleeps until somebody queues it. `leaf` is where it goes on.
  void park(std::coroutine_handle<> leaf, Waiter& waiter);
  /// Goes to the back of the ready queue.
  void yield(std::coroutine_handle<> leaf);
  /// Called by an awaiter when the task goes on: throws CancelledError if that was noted.
  void check_cancel() {
    if (must_cancel_) [[unlikely]]
      deliver_cancel();
  }

  /// One step.
  void run() override;
  void evict() noexcept override;

 protected:
  /// The last step is over: the loop lets go of the task, and the future is done.
  virtual void finish() = 0;
  void destroy_frame() noexcept;
  bool cancel_noted() const { return must_cancel_; }

  std::coroutine_handle<> frame_;  // the outermost coroutine, owned

 private:
  [[noreturn]] static void throw_no_task(const char* call);
  [[noreturn]] void deliver_cancel();

  std::coroutine_handle<> leaf_;  // the innermost one: where the next step begins
  Waiter* waiter_ = nullptr;      // set while parked
  std::uint32_t cancels_ = 0;     // requests, minus uncancel()
  bool must_cancel_ = false;      // a request is noted, not yet delivered
  bool started_ = false;
  std::uint32_t id_;
  mutable std::unique_ptr<std::string> name_;  // made when asked for
};

/// The future side of a task.
template <class T>
class TaskState final : public WithResult<T, TaskBase> {
 public:
  TaskState(EventLoop& loop, typename Coro<T>::Frame frame)
      : WithResult<T, TaskBase>(loop, frame.release()) {}

 private:
  /// Not inline: the steps that end no task are 3 % shorter.
  [[gnu::noinline]] void finish() override {
    const Ref<TaskState> last = Ref<TaskState>::adopt(this);
    Resident::unlink();
    settle();
  }
  /// Takes the result over from the finished frame and completes with it.
  void settle();
  void settle_failure();
};

/// Parks the current task on a future.
class FutureWaiter : public Waiter {
 public:
  explicit FutureWaiter(FutureBase& future) : future_(&future) {}
  bool await_ready() const { return future_->done(); }
  void await_suspend(std::coroutine_handle<> leaf);
  bool cancel() override;
  std::string what() const override;

 protected:
  ~FutureWaiter() = default;
  void check_resumed() {
    if (task_ != nullptr) task_->check_cancel();
  }
  FutureBase* future_;

 private:
  TaskBase* task_ = nullptr;  // who waits, if the future was not done
  Ref<FutureBase> kept_;      // the handle may go while the task is parked
};

/// Waits until a future is done, whatever the outcome.
class Join final : public FutureWaiter {
 public:
  using FutureWaiter::FutureWaiter;
  void await_resume() { check_resumed(); }
};

/// Waits for the result: as a reference, or (`take`) moved out.
template <class State, bool take>
class AwaitResult final : public FutureWaiter {
  using T = typename State::value_type;

 public:
  using FutureWaiter::FutureWaiter;
  std::conditional_t<take, T, std::add_lvalue_reference_t<T>> await_resume() {
    future_->mark_retrieved();  // it was asked for, even if check_resumed() throws
    check_resumed();
    auto& result = static_cast<State&>(*future_).result();
    if constexpr (take) {
      return std::move(result).value();
    } else {
      return result.value();
    }
  }
};

/// The timer of a sleeping task.
class SleepTimer final : public Waiter, public TimedReady {
 public:
  explicit SleepTimer(TaskBase& task) : task_(task) {}
  [[gnu::noinline]] ~SleepTimer() {}  // out of the way of those who only yield
  void run() override;
  bool cancel() override;
  bool cancelled() const { return cancelled_; }
  std::string what() const override { return "a sleep"; }

 private:
  bool over_ = false;  // the task is in the ready queue again
  bool cancelled_ = false;
  TaskBase& task_;  // after the flags, which fill a gap: every sleeper is 8 bytes smaller
};

}  // namespace detail

/// A task of any type, or none.
class TaskRef {
 public:
  TaskRef() = default;
  explicit TaskRef(Ref<detail::TaskBase> task) : task_(std::move(task)) {}

  explicit operator bool() const { return static_cast<bool>(task_); }
  friend bool operator==(const TaskRef&, const TaskRef&) = default;

  bool done() const { return task().done(); }
  bool cancelled() const { return task().cancelled(); }
  bool cancel() const { return task().cancel(); }
  int cancelling() const { return task().cancelling(); }
  int uncancel() const { return task().uncancel(); }
  std::string_view name() const { return task().name(); }
  void set_name(std::string name) const { task().set_name(std::move(name)); }

  /// Throws InvalidStateError when there is none.
  detail::TaskBase& task() const {
    if (!task_) throw InvalidStateError("there is no task here");
    return *task_;
  }
  const Ref<detail::TaskBase>& ref() const { return task_; }

 private:
  Ref<detail::TaskBase> task_;
};

/// A scheduled coroutine: a future whose result the coroutine delivers.
template <class T = void>
class Task : public FutureHandle<Task<T>, detail::TaskState<T>> {
  using Handle = FutureHandle<Task<T>, detail::TaskState<T>>;

 public:
  using Handle::Handle;
  /// How many requests to cancel it has had, less those taken back.
  int cancelling() const { return this->state().cancelling(); }
  /// Takes one request back; returns how many are left. At 0, one not yet delivered is dropped.
  int uncancel() const { return this->state().uncancel(); }
  std::string_view name() const { return this->state().name(); }
  void set_name(std::string name) const { this->state().set_name(std::move(name)); }
  operator TaskRef() const { return TaskRef(Ref<detail::TaskBase>(this->ref())); }
};

/// The running task; empty in a plain callback and outside a loop.
inline TaskRef current_task() { return TaskRef(Ref<detail::TaskBase>(detail::running_task)); }

/// The tasks of a loop that have not finished, oldest first.
std::vector<TaskRef> all_tasks(const EventLoop& loop = running_loop());

/// What sleep() returns: await it. Parks the current task until a time, or sends it to the back of
/// the ready queue.
class [[nodiscard("co_await it")]] Sleep {
 public:
  explicit Sleep(Delay delay) : delay_(delay) {}
  /// A copy has slept as little as a new one.
  Sleep(const Sleep& other) : delay_(other.delay_) {}
  Sleep& operator=(const Sleep&) = delete;

  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> leaf);
  void await_resume();

 private:
  void set_timer(detail::TaskBase & task, std::coroutine_handle<> leaf);

  const Delay delay_;
  std::optional<detail::SleepTimer> timer_;  // made only when needed: yielding is a hot path
};
template <class T>
class [[nodiscard("co_await it")]] SleepFor : public Sleep {
 public:
  SleepFor(Delay delay, T result) : Sleep(delay), result_(std::move(result)) {}
  T await_resume() {
    Sleep::await_resume();
    return std::move(result_);
  }

 private:
  T result_;
};

/// Pauses the task for `delay`; zero or less: until everybody who is ready now had a turn.
inline Sleep sleep(Delay delay) { return Sleep(delay); }
/// The same, with a result.
template <class T>
SleepFor<T> sleep(Delay delay, T result) {
  return SleepFor<T>(delay, std::move(result));
}

// ── awaitables ──

namespace detail {

template <class A>
concept HasMemberAwait = requires(A&& a) {
  std::forward<A>(a).operator co_await();
};
template <class A>
concept HasFreeAwait = requires(A&& a) {
  operator co_await(std::forward<A>(a));
};

template <class A>
decltype(auto) get_awaiter(A&& awaitable) {
  if constexpr (HasMemberAwait<A>) {
    return std::forward<A>(awaitable).operator co_await();
  } else if constexpr (HasFreeAwait<A>) {
    return operator co_await(std::forward<A>(awaitable));
  } else {
    return std::forward<A>(awaitable);
  }
}

template <class Self, class State>
void is_future_handle(const FutureHandle<Self, State>&);
template <class A>
struct IsCoro : std::false_type {};
template <class T>
struct IsCoro<Coro<T>> : std::true_type {};

}  // namespace detail

/// A handle of a future or task.
template <class A>
concept FutureLike = requires(const std::remove_cvref_t<A>& a) {
  detail::is_future_handle(a);
};

template <class Self, class State>
detail::AwaitResult<State, false> operator co_await(const FutureHandle<Self, State>& future) {
  return detail::AwaitResult<State, false>(future.state());
}
template <class Self, class State>
detail::AwaitResult<State, true> operator co_await(FutureHandle<Self, State>&& future) {
  return detail::AwaitResult<State, true>(future.state());
}

/// Something that `co_await` accepts as an rvalue.
template <class A>
concept Awaitable = requires(A&& a) {
  detail::get_awaiter(std::move(a)).await_ready();
  detail::get_awaiter(std::move(a)).await_resume();
};
/// What `co_await` of an rvalue A gives.
template <class A>
using AwaitResultOf =
    decltype(detail::get_awaiter(std::declval<std::remove_cvref_t<A>>()).await_resume());

namespace detail {

/// The result of a finished future for someone who passed `A` in: moved out of what was handed
/// over (or cannot be copied), copied from what others may still want.
template <class A, class State>
Result<typename State::value_type> outcome_for(State& state) {
  using T = typename State::value_type;
  if (state.cancelled()) {
    Result<T> cancelled;
    cancelled.set_exception(std::make_exception_ptr(CancelledError()));
    return cancelled;
  }
  if constexpr (std::is_lvalue_reference_v<A> && std::is_copy_constructible_v<Stored<T>>) {
    return state.result();
  } else {
    return std::move(state.result());
  }
}

/// Any awaitable as a coroutine.
template <class T>
Coro<T> to_coro(Coro<T> coro) {
  return coro;
}
template <Awaitable A>
requires(!IsCoro<A>::value) Coro<AwaitResultOf<A>> to_coro(A awaitable) {
  co_return co_await std::move(awaitable);
}

}  // namespace detail

// ── starting tasks ──

namespace detail {

template <class T>
Task<T> make_task(EventLoop& loop, Coro<T>& coro) {
  return Task<T>(Ref(new TaskState<T>(loop, coro.release())));
}

}  // namespace detail

/// Schedules a coroutine on `loop`. Throws std::logic_error when the loop is closed; the coroutine
/// is then destroyed without having run.
template <class T>
Task<T> create_task_on(EventLoop& loop, Coro<T> coro) {
  loop.check_usable("create_task");
  return detail::make_task(loop, coro);
}

/// Schedules a coroutine, or another awaitable, as a task of the running loop. Without a name it
/// is called Task-1, Task-2 and so on.
template <class T>
Task<T> create_task(Coro<T> coro) {
  return detail::make_task(running_loop(), coro);
}
template <class T>
Task<T> create_task(Coro<T> coro, std::string name) {
  Task<T> task = create_task(std::move(coro));
  if (!name.empty()) task.set_name(std::move(name));
  return task;
}
template <Awaitable A>
requires(!FutureLike<A> && !detail::IsCoro<A>::value) auto create_task(A awaitable,
                                                                       std::string name = {}) {
  return create_task(detail::to_coro(std::move(awaitable)), std::move(name));
}

/// A future or task as it is; anything else becomes a task of `loop`.
template <class A>
auto ensure_future(A awaitable, EventLoop& loop = running_loop()) {
  if constexpr (FutureLike<A>) {
    if (!awaitable.state().belongs_to(loop)) {
      throw std::logic_error("this future belongs to another event loop");
    }
    return awaitable;
  } else {
    return create_task_on(loop, detail::to_coro(std::move(awaitable)));
  }
}

/// What works for a loop, and has to come to an end before the loop is closed.
class Service : public Attachment {
 public:
  /// Takes nothing new, and waits for what it has begun.
  virtual Coro<> end() = 0;
  /// For reports.
  virtual std::string describe() const = 0;
};

/// A loop for several calls of run(). Tasks that are left over go on in the next one.
class Runner {
 public:
  explicit Runner(EventLoop::Options options = {}) : loop_(options) {}
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;
  /// Closes, if close() was not called.
  ~Runner();

  EventLoop& loop() { return loop_; }
  /// Runs `main` to its end: its result, or its exception. In the main thread, and unless somebody
  /// handles SIGINT, Ctrl-C cancels it; KeyboardInterrupt leaves run() when that has ended it.
  template <class T>
  T run(Coro<T> main);
  /// Cancels the tasks that are left, waits for them, reports those that failed meanwhile, ends the
  /// loop's services, reports one that takes longer than `patience`, and closes the loop.
  /// Idempotent.
  void close(Delay patience = std::chrono::minutes(5));

 private:
  void report_failure(const TaskRef& task);
  void end_service(Service& service, Delay patience);

  EventLoop loop_;
};

/// Runs `main` on a new loop: its result, or its exception. Cancels what is left over, and waits
/// for it. Throws std::logic_error inside a running loop.
template <class T>
T run(Coro<T> main, EventLoop::Options options = {});

// Implementation

namespace detail {

//: 7.1 the loop owns the task, and its first step is queued
inline TaskBase::TaskBase(EventLoop& loop, std::coroutine_handle<> frame)
    : FutureBase(loop), frame_(frame), leaf_(frame) {
  AIO_TODO("7.1", "the loop owns the task, and its first step is queued");
}

[[gnu::cold]] inline void TaskBase::throw_no_task(const char* call) {
  throw std::logic_error(std::string(call) +
                         " must be awaited in a task; start one with run() or create_task()");
}

//: 7.2 one step: resume, and finish if the coroutine has ended
inline void TaskBase::run() {
  AIO_TODO("7.2", "one step: resume, and finish if the coroutine has ended");
}

//: 7.3 remember where to go on and what to ask when somebody cancels
inline void TaskBase::park(std::coroutine_handle<> leaf, Waiter& waiter) {
  AIO_TODO("7.3", "remember where to go on and what to ask when somebody cancels");
}

//: 7.3 remember where to go on, and queue up behind everybody
inline void TaskBase::yield(std::coroutine_handle<> leaf) {
  AIO_TODO("7.3", "remember where to go on, and queue up behind everybody");
}

//: 7.6 pass the request on to what is waited for, or note it
inline bool TaskBase::cancel() {
  AIO_TODO("7.6", "pass the request on to what is waited for, or note it");
}

//: 7.6 deliver what was noted, once
[[gnu::cold]] inline void TaskBase::deliver_cancel() {
  AIO_TODO("7.6", "deliver what was noted, once");
}

//: 7.6 take a request back
inline int TaskBase::uncancel() {
  AIO_TODO("7.6", "take a request back");
}

inline void TaskBase::destroy_frame() noexcept {
  if (frame_) std::exchange(frame_, nullptr).destroy();
}

inline void TaskBase::evict() noexcept {
  const Ref<TaskBase> last = Ref<TaskBase>::adopt(this);
  Ready::unlink();
  waiter_ = nullptr;  // it ends with the frame
  abandon();          // destructors in the frame find the task done
  destroy_frame();
}

inline std::string_view TaskBase::name() const {
  if (name_ == nullptr) name_ = std::make_unique<std::string>("Task-" + std::to_string(id_));
  return *name_;
}

inline std::string TaskBase::describe() const {
  std::string text = "task " + std::string(name());
  if (waiter_ != nullptr) text += ", which waits for " + waiter_->what();
  return text;
}

//: 7.2 a value, cancellation or an exception: complete with it
template <class T>
void TaskState<T>::settle() {
  AIO_TODO("7.2", "a value, cancellation or an exception: complete with it");
}

template <class T>
void TaskState<T>::settle_failure() {
  try {
    std::rethrow_exception(this->result_.exception());
  } catch (const CancelledError&) {
    this->result_.clear();
    this->complete(FutureBase::Status::cancelled);
  } catch (const FatalError&) {
    this->mark_retrieved();  // run() throws it
    this->complete(FutureBase::Status::finished);
    throw;
  } catch (...) {
    this->complete(FutureBase::Status::finished);
  }
}

//: 7.4 the future queues the task when it is done
inline void FutureWaiter::await_suspend(std::coroutine_handle<> leaf) {
  AIO_TODO("7.4", "the future queues the task when it is done");
}

//: 7.6 a future that is cancelled ends the wait
inline bool FutureWaiter::cancel() {
  AIO_TODO("7.6", "a future that is cancelled ends the wait");
}

//: 7.5 the time has come: queue the task, unless it was cancelled
inline void SleepTimer::run() {
  AIO_TODO("7.5", "the time has come: queue the task, unless it was cancelled");
}

//: 7.6 a cancelled sleep ends now, and its timer with it
inline bool SleepTimer::cancel() {
  AIO_TODO("7.6", "a cancelled sleep ends now, and its timer with it");
}

/// The name of a task, but not what that one waits for: they may wait for each other.
inline std::string FutureWaiter::what() const {
  const auto* task = dynamic_cast<const TaskBase*>(future_);
  return task != nullptr ? "task " + std::string(task->name()) : "a " + future_->describe();
}

/// Ends run_until_complete() one iteration after the future is done.
class StopWhenDone final : public Ready {
 public:
  explicit StopWhenDone(EventLoop& loop) : loop_(loop) {}
  void run() override { loop_.stop(); }

 private:
  EventLoop& loop_;
};

//: 7.7 let something wait for the future that stops the loop
inline void run_until_done(EventLoop& loop, FutureBase& future) {
  AIO_TODO("7.7", "let something wait for the future that stops the loop");
}

/// Waits for one of several tasks; the last one that is done completes the future.
class CountDown final : public Ready {
 public:
  CountDown(std::size_t& left, const Future<>& all_done) : left_(left), all_done_(all_done) {}
  void run() override {
    if (--left_ == 0) all_done_.set_result();
  }

 private:
  std::size_t& left_;
  const Future<>& all_done_;
};

/// Closes a loop, also when an exception ends what was to be done before.
class CloseAtLast {
 public:
  explicit CloseAtLast(EventLoop& loop) : loop_(loop) {}
  CloseAtLast(const CloseAtLast&) = delete;
  CloseAtLast& operator=(const CloseAtLast&) = delete;
  ~CloseAtLast() { loop_.close(); }

 private:
  EventLoop& loop_;
};

/// Throws std::logic_error, naming `call`, while a loop runs in this thread.
inline void check_nothing_runs(const char* call) {
  if (loop_of_this_thread == nullptr) return;
  throw std::logic_error(std::string(call) +
                         " cannot be called while an event loop runs in this thread; co_await "
                         "the coroutine, or create_task() it");
}

}  // namespace detail

//: 7.5 without a time to wait, only go to the back of the queue
inline void Sleep::await_suspend(std::coroutine_handle<> leaf) {
  AIO_TODO("7.5", "without a time to wait, only go to the back of the queue");
}

//: 7.5 set the timer for the deadline, and park on it
[[gnu::noinline]] inline void Sleep::set_timer(detail::TaskBase& task,
                                               std::coroutine_handle<> leaf) {
  AIO_TODO("7.5", "set the timer for the deadline, and park on it");
}

inline void Sleep::await_resume() {
  detail::TaskBase::current("sleep").check_cancel();
  if (timer_ && timer_->cancelled()) throw CancelledError();
}

inline std::vector<TaskRef> all_tasks(const EventLoop& loop) {
  std::vector<TaskRef> tasks;
  loop.for_each_resident([&tasks](Resident& resident) {
    if (auto* task = dynamic_cast<detail::TaskBase*>(&resident)) tasks.emplace_back(Ref(task));
  });
  return tasks;
}

template <class Coroutine>
auto EventLoop::create_task(Coroutine coroutine, std::string name) {
  auto task = create_task_on(*this, detail::to_coro(std::move(coroutine)));
  if (!name.empty()) task.set_name(std::move(name));
  return task;
}

template <class A>
decltype(auto) EventLoop::run_until_complete(A awaitable) {
  check_usable("run");
  detail::check_nothing_runs("run");
  auto future = ensure_future(std::move(awaitable), *this);
  using T = typename decltype(future)::value_type;
  detail::run_until_done(*this, future.state());
  if constexpr (std::is_void_v<T>) {
    future.result();
  } else if constexpr (FutureLike<A> && std::is_copy_constructible_v<T>) {
    return static_cast<T>(future.result());  // others may want it too
  } else {
    return static_cast<T>(std::move(future).result());
  }
}

namespace detail {

/// Runs `loop` until all tasks are done, whatever their outcome. No task of its own: those that
/// are left over may look at all_tasks().
inline void run_until_all_done(EventLoop& loop, const std::vector<TaskRef>& tasks) {
  if (tasks.empty()) return;
  const Future<> all_done(loop);
  std::size_t left = tasks.size();
  std::deque<CountDown> waiting;  // their destructors unhook them
  for (const TaskRef& task : tasks) task.task().wait(waiting.emplace_back(left, all_done));
  run_until_done(loop, all_done.state());
}

}  // namespace detail

template <class T>
T Runner::run(Coro<T> main) {
  loop_.check_usable("run");
  detail::check_nothing_runs("run");
  Task<T> task = create_task_on(loop_, std::move(main));
  const detail::Interrupt interrupt(loop_, [&task] { task.cancel(); });
  detail::run_until_done(loop_, task.state());
  try {
    return static_cast<T>(std::move(task).result());
  } catch (const CancelledError&) {
    if (!interrupt.happened() || task.uncancel() > 0) throw;  // somebody else has cancelled it
    detail::throw_interrupt();
  }
}

//: 7.7 nothing is left behind when run() returns
inline void Runner::close(Delay patience) {
  AIO_TODO("7.7", "nothing is left behind when run() returns");
}

/// The source of the patience and of its length: asyncio's shutdown_default_executor().
inline void Runner::end_service(Service& service, Delay patience) {
  const Task<> end = create_task_on(loop_, service.end());
  TimerHandle limit = loop_.call_later(patience, [&end] { end.cancel(); });
  detail::run_until_done(loop_, end.state());
  limit.cancel();
  if (!end.cancelled()) return end.result();
  loop_.call_exception_handler(
      {"run() has waited long enough, and goes on without them", nullptr, service.describe()});
}

inline void Runner::report_failure(const TaskRef& task) {
  const std::exception_ptr failure = task.task().failure();
  if (failure == nullptr) return;
  task.task().mark_retrieved();
  loop_.call_exception_handler(
      {"a task failed while run() was shutting down", failure, std::string(task.name())});
}

inline Runner::~Runner() {
  try {
    close();
  } catch (...) {  // a destructor cannot let it out; the loop's own closes what is left
  }
}

template <class T>
T run(Coro<T> main, EventLoop::Options options) {
  detail::check_nothing_runs("run");
  Runner runner(options);
  try {
    if constexpr (std::is_void_v<T>) {
      runner.run(std::move(main));
      runner.close();
    } else {
      T result = runner.run(std::move(main));
      runner.close();
      return static_cast<T>(std::forward<T>(result));
    }
  } catch (const KeyboardInterrupt&) {
    runner.close();
    detail::throw_interrupt();
  } catch (...) {
    runner.close();
    throw;
  }
}

}  // namespace aio
