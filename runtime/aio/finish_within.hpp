#pragma once
// Work that is not to be stopped halfway, with a limit: given to lesson 15.
//
// Stands on wait_for (09). shield() lets the work go on while the caller leaves; this one stays.

#include <utility>

#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

namespace aio {

namespace layers {
inline constexpr const char* finish_within = __FILE__;  // which copy was compiled
}

/// Runs `work` to its end in a task of its own, for cleaning up: a request to stop the caller does
/// not reach it, and is thrown as CancelledError after it. After `limit` the work is cancelled, and
/// TimeoutError thrown when it has really ended. Gives the work's result, or throws its error; a
/// request that came meanwhile is then delivered at the caller's next wait.
template <class T>
Coro<T> finish_within(Delay limit, Coro<T> work);

// Implementation

namespace detail {

/// Waits for the end of a task, whatever that is. Returns whether it was asked to stop meanwhile.
template <class T>
Coro<bool> wait_to_the_end(Task<T> task) {
  bool asked = false;
  while (!task.done()) {
    const Relay end(task.state());
    try {
      co_await end.done();
    } catch (const CancelledError&) {
      asked = true;
    }
  }
  co_return asked;
}

/// Work, and a time limit, after which it is cancelled. Whatever ends this ends both.
template <class T>
class LimitedWork {
 public:
  LimitedWork(Delay limit, Coro<T> work)
      : limit_(limit, [this] { late_ = task.cancel(); }), task(create_task(std::move(work))) {}
  LimitedWork(const LimitedWork&) = delete;
  LimitedWork& operator=(const LimitedWork&) = delete;
  ~LimitedWork() {
    if (!task.done()) task.cancel();
  }
  void lift_limit() { limit_.timer.cancel(); }
  /// Was it cancelled, since the time was up?
  bool late() const { return late_; }

 private:
  struct Limit {
    template <class Call>
    Limit(Delay delay, Call call) : timer(running_loop().call_later(delay, call)) {}
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    ~Limit() { timer.cancel(); }
    const TimerHandle timer;
  };
  bool late_ = false;
  const Limit limit_;

 public:
  Task<T> task;
};

/// A request that was delivered is delivered again, at the running task's next wait.
inline void request_again() {
  current_task().uncancel();
  current_task().cancel();
}

}  // namespace detail

template <class T>
Coro<T> finish_within(Delay limit, Coro<T> work) {
  detail::LimitedWork<T> limited(limit, std::move(work));
  Task<T>& task = limited.task;
  const bool asked = co_await detail::wait_to_the_end(task);
  limited.lift_limit();
  const bool succeeded = !task.cancelled() && task.exception() == nullptr;
  if (asked && succeeded) throw CancelledError();
  if (asked) detail::request_again();
  if (limited.late() && task.cancelled()) throw TimeoutError();
  co_return std::move(task).result();
}

}  // namespace aio
