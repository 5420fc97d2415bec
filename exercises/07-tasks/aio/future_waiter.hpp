#pragma once
// Your layer of lesson 07. Check it with: ./learn check 07
// Lesson 07, future_waiter: a task that waits for a future.
//
// Stands on task_base.hpp. The awaiters of futures and tasks are made of it.
//  - The future queues the task; nobody else does.
//  - It is kept alive meanwhile, whoever drops its handle.
//  - Cancelling the task cancels the future, for everybody who waits for it.

#include <coroutine>
#include <string>
#include <type_traits>
#include <utility>

#include <aio/future.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <aio/task/waiter.hpp>
#include <aio/task_base.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* future_waiter = __FILE__;  // which copy was compiled
}

namespace detail {

/// Parks the current task on a future.
class FutureWaiter : public Waiter {
 public:
  explicit FutureWaiter(FutureBase& future) : future_(&future) {}
  /// Of a handle that is given up.
  explicit FutureWaiter(Ref<FutureBase> future) : future_(future.get()), kept_(std::move(future)) {}
  bool await_ready() const { return future_->done(); }
  void await_suspend(std::coroutine_handle<> leaf);
  bool cancel() override;
  std::string what() const override;
  Awaited awaited() const override;

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

/// Waits for the result: as a reference, or (`take`) as a value, for a handle that is given up.
template <class State, bool take>
class AwaitResult final : public FutureWaiter {
  using T = typename State::value_type;

 public:
  using FutureWaiter::FutureWaiter;
  std::conditional_t<take, T, std::add_lvalue_reference_t<T>> await_resume() {
    future_->mark_retrieved();  // it was asked for, even if check_resumed() throws
    check_resumed();
    auto& state = static_cast<State&>(*future_);
    if constexpr (take) {
      return state.take();
    } else {
      return state.result().value();
    }
  }
};

}  // namespace detail

// Implementation

namespace detail {

//: 7.4 the future queues the task when it is done
inline void FutureWaiter::await_suspend(std::coroutine_handle<> leaf) {
  AIO_TODO("7.4", "the future queues the task when it is done");
}

//: 7.6 a future that is cancelled ends the wait
inline bool FutureWaiter::cancel() {
  AIO_TODO("7.6", "a future that is cancelled ends the wait");
}

/// The name of a task, but not what that one waits for: they may wait for each other.
inline std::string FutureWaiter::what() const {
  const auto* task = dynamic_cast<const TaskBase*>(future_);
  return task != nullptr ? "task " + std::string(task->name()) : "a " + future_->describe();
}

inline Awaited FutureWaiter::awaited() const {
  const auto* task = dynamic_cast<const TaskBase*>(future_);
  return {.object = future_, .task = task != nullptr ? task->id() : 0};
}

}  // namespace detail
}  // namespace aio
