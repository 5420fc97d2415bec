#pragma once
// The handle of a task, and how to start one: given to lesson 07.

#include <source_location>
#include <string>
#include <string_view>
#include <utility>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <aio/task/awaitable.hpp>
#include <aio/task/task_ref.hpp>
#include <aio/task_base.hpp>

namespace aio {

/// A scheduled coroutine: a future whose result the coroutine delivers.
///
/// A request to cancel goes on to the task that is awaited, and so on, and each task counts it. To
/// end a chain of tasks, cancel the outermost one: that takes time for each task once. A request to
/// each of n takes n²/2 such steps, since each goes on to all that are below.
template <class T = void>
class Task : public FutureHandle<Task<T>, detail::TaskState<T>> {
  using Handle = FutureHandle<Task<T>, detail::TaskState<T>>;

 public:
  using Handle::Handle;
  /// How many requests to cancel it has had, less those taken back.
  int cancelling() const { return this->state().cancelling(); }
  /// Takes one request back; returns how many are left. At 0, one not yet delivered is dropped.
  int uncancel() const { return this->mine("uncancel").uncancel(); }
  std::string_view name() const { return this->state().name(); }
  void set_name(std::string name) const { this->state().set_name(std::move(name)); }
  operator TaskRef() const { return TaskRef(Ref<detail::TaskBase>(this->ref())); }
};

namespace detail {

template <class T>
Task<T> make_task(EventLoop& loop, Coro<T>& coro, std::source_location made_at) {
  const Task<T> task(Ref(new TaskState<T>(loop, coro.release())));
  task.state().made_at = made_at;
  return task;
}

}  // namespace detail

/// Schedules a coroutine on `loop`. Throws InvalidStateError when the loop is closed; the coroutine
/// is then destroyed without having run.
template <class T>
Task<T> create_task_on(EventLoop& loop, Coro<T> coro, std::source_location made_at = {}) {
  loop.check_usable("create_task");
  return detail::make_task(loop, coro, made_at);
}

/// Schedules a coroutine, or another awaitable, as a task of the running loop. Without a name it
/// is called Task-1, Task-2 and so on. Reports tell where it was made.
template <class T>
Task<T> create_task(Coro<T> coro, std::source_location made_at = std::source_location::current()) {
  return detail::make_task(running_loop(), coro, made_at);
}
template <class T>
Task<T> create_task(Coro<T> coro, std::string name,
                    std::source_location made_at = std::source_location::current()) {
  Task<T> task = create_task(std::move(coro), made_at);
  if (!name.empty()) task.set_name(std::move(name));
  return task;
}
template <Awaitable A>
requires(!FutureLike<A> && !detail::IsCoro<A>::value) auto create_task(
    A awaitable, std::string name = {},
    std::source_location made_at = std::source_location::current()) {
  return create_task(detail::to_coro(std::move(awaitable)), std::move(name), made_at);
}

/// A future or task as it is; anything else becomes a task of `loop`.
template <class A>
[[gnu::always_inline]] inline auto ensure_future(A awaitable, EventLoop& loop = running_loop()) {
  if constexpr (FutureLike<A>) {
    if (!awaitable.state().belongs_to(loop)) {
      throw InvalidStateError("this future belongs to another event loop");
    }
    return awaitable;
  } else {
    return create_task_on(loop, detail::to_coro(std::move(awaitable)));
  }
}

template <class Coroutine>
auto EventLoop::create_task(Coroutine coroutine, std::string name) {
  auto task = create_task_on(*this, detail::to_coro(std::move(coroutine)));
  if (!name.empty()) task.set_name(std::move(name));
  return task;
}

}  // namespace aio
