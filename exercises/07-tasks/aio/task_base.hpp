#pragma once
// Your layer of lesson 07. Check it with: ./learn check 07
// Lesson 07, task_base: a coroutine that the loop runs.
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
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/support/errors.hpp>
#include <aio/task/cascade.hpp>
#include <aio/task/waiter.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* task_base = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

class TaskBase;
inline constinit thread_local TaskBase* running_task = nullptr;

/// What tasks of all types have in common.
class TaskBase : public Ready, public FutureBase, public Resident {
 public:
  TaskBase(EventLoop& loop, std::coroutine_handle<> frame);
  ~TaskBase() override = default;

  /// The task that runs now. Throws InvalidStateError, naming `call`, when there is none.
  static TaskBase& current(const char* call) {
    if (running_task == nullptr) throw_no_task(call);
    return *running_task;
  }

  bool cancel() override;
  /// A part of cancel(): the cascade calls it, for one task after the other.
  void pass_on();
  /// Another part: what is waited for waits for this task. The wait ends, with CancelledError.
  void leave_circle();
  bool put_off = false, asked = false, passing_on = false;  // the cascade's
  int cancelling() const { return static_cast<int>(cancels_); }
  int uncancel();
  std::uint32_t id() const { return id_; }
  std::string_view name() const;
  void set_name(std::string name) { name_ = std::make_unique<std::string>(std::move(name)); }
  std::string describe() const override;
  const FutureBase* for_whom() const override { return this; }
  /// What it is parked on, or null.
  const Waiter* waiter() const { return waiter_; }
  /// The innermost coroutine: where the next step begins.
  std::coroutine_handle<> leaf() const { return leaf_; }

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
  /// A request is to be thrown where the task next comes out of a wait.
  void note_cancel() { must_cancel_ = true; }

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
  [[gnu::noinline]] void finish() override {
    const Ref<TaskState> last = Ref<TaskState>::adopt(this);
    Resident::unlink();
    settle();
  }
  /// Takes the result over from the finished frame and completes with it.
  void settle();
  void settle_failure();
};

}  // namespace detail

// Implementation

namespace detail {

//: 7.1 the loop owns the task, and its first step is queued
inline TaskBase::TaskBase(EventLoop& loop, std::coroutine_handle<> frame)
    : FutureBase(loop), frame_(frame), leaf_(frame) {
  AIO_TODO("7.1", "the loop owns the task, and its first step is queued");
}

//: 7.2 one step: resume, and finish if the coroutine has ended
inline void TaskBase::run() {
  AIO_TODO("7.2", "one step: resume, and finish if the coroutine has ended");
}

//: 7.2 a value, cancellation or an exception: complete with it
template <class T>
void TaskState<T>::settle() {
  AIO_TODO("7.2", "a value, cancellation or an exception: complete with it");
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

//: 7.6 ask what is waited for, or note the request
inline void TaskBase::pass_on() {
  AIO_TODO("7.6", "ask what is waited for, or note the request");
}

[[gnu::cold]] inline void TaskBase::leave_circle() {
  note_cancel();
  Ready::unlink();  // from who waits for the future
  home().call_soon(*this);
}

//: 7.6 deliver what was noted, once
[[gnu::cold]] inline void TaskBase::deliver_cancel() {
  AIO_TODO("7.6", "deliver what was noted, once");
}

//: 7.6 take a request back
inline int TaskBase::uncancel() {
  AIO_TODO("7.6", "take a request back");
}

[[gnu::cold]] inline void TaskBase::throw_no_task(const char* call) {
  throw InvalidStateError(std::string(call) +
                          " must be awaited in a task; start one with run() or create_task()");
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
  return is_debugged() ? text + place() : text;
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

}  // namespace detail
}  // namespace aio
