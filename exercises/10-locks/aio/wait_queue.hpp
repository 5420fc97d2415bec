#pragma once
// Your layer of lesson 10. Check it with: ./learn check 10
// Lesson 10, wait_queue: tasks that wait for their turn, first come, first served.
//
// Stands on tasks (07). Everything in this lesson and the next waits in one of these.
//  1. A place in the queue lives in the awaiter, so waiting allocates nothing.
//  2. First come, first served. Nobody overtakes one who waits, or who was woken.
//  3. Waking only queues the task. Until it goes on it has a claim, and there are never more claims
//     than there is something for. Whoever leaves with a claim passes it on.
//  4. Whoever is cancelled leaves at once. One that was woken before throws when it goes on.
//
// A queue may be destroyed while those it has woken have not gone on.

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* wait_queue = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

class WaitQueue;

/// A task's place in a WaitQueue: the base of an awaiter.
class QueuedTask : public Waiter, public Link<> {
 public:
  bool cancel() override;
  std::string what() const override { return name_; }
  Awaited awaited() const override { return {.object = queue_}; }

 protected:
  /// `name` is what is waited for, with an article: "a lock".
  explicit QueuedTask(const char* name) : name_(name) {}
  ~QueuedTask() { leave(); }

  /// Parks the current task at the back of the queue.
  void join(WaitQueue& queue, std::coroutine_handle<> leaf);
  /// Did it join? False when there was no need to wait.
  bool waited() const { return state_ != State::idle; }
  /// Called when the task goes on. Throws CancelledError if it was cancelled; a wake-up that it
  /// had is free again then.
  void end_wait();

 private:
  friend class WaitQueue;
  enum class State : std::uint8_t { idle, waiting, woken, cancelled };
  void leave() noexcept;

  const char* name_;
  WaitQueue* queue_ = nullptr;  // valid while linked
  TaskBase* task_ = nullptr;
  std::coroutine_handle<> leaf_;
  State state_ = State::idle;
};

/// Tasks in the order in which they came: those that wait, and those that were woken and have not
/// gone on yet.
class WaitQueue {
 public:
  bool anybody_waits() const { return !waiting_.empty(); }
  /// For calls that change what is waited for. Throws InvalidStateError, naming `call`, when those
  /// who wait do so in a loop that runs in another thread.
  void check_thread(const char* call) const { home_.check_thread(call); }
  /// How many were woken and have not gone on.
  std::size_t woken() const { return woken_; }
  /// Is anybody before a newcomer?
  bool busy() const { return woken_ > 0 || anybody_waits(); }
  /// Wakes the first one, whoever has been woken. REQUIRES: anybody_waits()
  void wake_next();
  /// Wakes the first ones, until as many are woken as there is something for.
  void wake(std::size_t available) {
    while (woken_ < available && anybody_waits()) wake_next();
  }
  void wake_all() { wake(std::numeric_limits<std::size_t>::max()); }
  /// Somebody else took what a woken task was to get: the last ones wait again, at the back.
  void take_back(std::size_t available) {
    while (woken_ > available && !on_their_way_.empty()) [[unlikely]] take_last_back();
  }

 private:
  friend class QueuedTask;
  void take_last_back();

  HomeLoop home_;  // the loop of those who wait
  List<QueuedTask> waiting_, on_their_way_;
  std::size_t woken_ = 0;  // how many are on their way
};

/// Waits in a queue until it is woken: `co_await Turn(queue, "a condition")`.
class Turn final : public QueuedTask {
 public:
  Turn(WaitQueue& queue, const char* name) : QueuedTask(name), joined_(queue) {}
  bool await_ready() const { return false; }
  void await_suspend(std::coroutine_handle<> leaf) {
    joined_.check_thread("co_await");
    join(joined_, leaf);
  }
  void await_resume() { end_wait(); }
  [[gnu::noinline]] ~Turn() {}  // out of the way of those who need not wait

 private:
  WaitQueue& joined_;
};

/// What acquire(), wait(), get() and so on return: await it. `Awaiter` is made of what it waits
/// for.
template <class Awaiter, class Subject>
class [[nodiscard("co_await it")]] Await {
 public:
  explicit Await(Subject & subject) : subject_(&subject) {}
  Awaiter operator co_await() const { return Awaiter(*subject_); }

 private:
  Subject* subject_;
};

// Implementation

//: 10.1 take the place at the back, and park
inline void QueuedTask::join(WaitQueue& queue, std::coroutine_handle<> leaf) {
  AIO_TODO("10.1", "take the place at the back, and park");
}

//: 10.1 the first one is on its way: note it, and queue its task
inline void WaitQueue::wake_next() {
  AIO_TODO("10.1", "the first one is on its way: note it, and queue its task");
}

//: 10.1 leave the queue; who was on the way no longer counts as woken
inline void QueuedTask::leave() noexcept {
  // TODO 10.1: leave the queue; who was on the way no longer counts as woken
}

//: 10.1 a cancelled wait ends now, unless it is over already
inline bool QueuedTask::cancel() {
  AIO_TODO("10.1", "a cancelled wait ends now, unless it is over already");
}

//: 10.1 leave, and throw if somebody asked the task to stop
inline void QueuedTask::end_wait() {
  AIO_TODO("10.1", "leave, and throw if somebody asked the task to stop");
}

/// The last one that was woken leaves the ready queue, and waits again at the back.
[[gnu::cold]] inline void WaitQueue::take_last_back() {
  QueuedTask& last = on_their_way_.back();
  last.unlink();
  --woken_;
  static_cast<Ready&>(*last.task_).unlink();
  last.state_ = QueuedTask::State::waiting;
  waiting_.push_back(last);
  last.task_->park(last.leaf_, last);  // passes on a request to cancel that was noted meanwhile
}

}  // namespace detail
}  // namespace aio
