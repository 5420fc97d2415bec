#pragma once
// Your layer of lesson 07. Check it with: ./learn check 07
// Lesson 07, runner: a loop from its beginning to its end.
//
//  - run() returns when the main task has ended and nothing is left behind: what still runs is
//    asked to stop, and waited for.
//  - A failure that nobody asked for is reported before the loop is closed.

#include <chrono>
#include <cstddef>
#include <deque>
#include <exception>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/future.hpp>
#include <aio/interrupt.hpp>
#include <aio/support/copies.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <aio/task/awaitable.hpp>
#include <aio/task/create_task.hpp>
#include <aio/task/service.hpp>
#include <aio/task/task_ref.hpp>
#include <aio/task/tree.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* runner = __FILE__;  // which copy was compiled; the tests print it
}

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
/// for it. Throws InvalidStateError inside a running loop.
template <class T>
T run(Coro<T> main, EventLoop::Options options = {});

// Implementation

namespace detail {

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
  explicit CloseAtLast(EventLoop& loop) : loop_(loop) {
    if (loop.debug()) warn_of_leftovers(loop);
  }
  CloseAtLast(const CloseAtLast&) = delete;
  CloseAtLast& operator=(const CloseAtLast&) = delete;
  ~CloseAtLast() { loop_.close(); }

 private:
  EventLoop& loop_;
};

/// Throws InvalidStateError, naming `call`, while a loop runs in this thread.
inline void check_nothing_runs(const char* call) {
  if (loop_of_this_thread == nullptr) return;
  throw InvalidStateError(std::string(call) +
                          " cannot be called while an event loop runs in this thread; co_await "
                          "the coroutine, or create_task() it");
}

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

template <class A>
decltype(auto) EventLoop::run_until_complete(A awaitable) {
  check_usable("run");
  detail::check_nothing_runs("run");
  auto future = ensure_future(std::move(awaitable), *this);
  using T = typename decltype(future)::value_type;
  detail::run_until_done(*this, future.state());
  if constexpr (std::is_void_v<T>) {
    future.result();
  } else if constexpr (FutureLike<A> && copies<T> != Copies::never) {
    return static_cast<T>(future.result());  // others may want it too
  } else {
    return static_cast<T>(std::move(future).result());
  }
}

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
