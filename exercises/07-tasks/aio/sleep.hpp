#pragma once
// Your layer of lesson 07. Check it with: ./learn check 07
// Lesson 07, sleep: a task that waits for a time.
//
//  - A sleep is a timer in the awaiter, so in the task's frame: it allocates nothing.
//  - sleep(0) has no timer: the task goes to the back of the ready queue.
//  - The timer of a cancelled sleep leaves the loop at once.

#include <chrono>
#include <coroutine>
#include <optional>
#include <string>
#include <utility>

#include <aio/event_loop.hpp>
#include <aio/support/copies.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <aio/task/waiter.hpp>
#include <aio/task_base.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* sleep = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

/// The timer of a sleeping task.
class SleepTimer final : public Waiter, public TimedReady {
 public:
  explicit SleepTimer(TaskBase& task) : task_(task) {}
  [[gnu::noinline]] ~SleepTimer() {}
  void run() override;
  bool cancel() override;
  bool cancelled() const { return cancelled_; }
  std::string what() const override { return "a sleep"; }
  Awaited awaited() const override { return {.object = static_cast<const Ready*>(this)}; }

 private:
  bool over_ = false;  // the task is in the ready queue again
  bool cancelled_ = false;
  TaskBase& task_;
};

}  // namespace detail

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
  std::optional<detail::SleepTimer> timer_;  // made only when there is a time to wait
};

/// What sleep() with a result returns: await it for that.
template <class T>
class [[nodiscard("co_await it")]] SleepFor : public Sleep {
 public:
  SleepFor(Delay delay, T result) : Sleep(delay), result_(std::move(result)) {}
  T await_resume() {
    Sleep::await_resume();
    if constexpr (copies<T> == Copies::always) {
      return result_;  // it may be awaited again
    } else {
      return std::move(result_);
    }
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

// Implementation

namespace detail {

//: 7.5 the time has come: queue the task, unless it was cancelled
inline void SleepTimer::run() {
  AIO_TODO("7.5", "the time has come: queue the task, unless it was cancelled");
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

namespace detail {

//: 7.6 a cancelled sleep ends now, and its timer with it
inline bool SleepTimer::cancel() {
  AIO_TODO("7.6", "a cancelled sleep ends now, and its timer with it");
}

}  // namespace detail
}  // namespace aio
