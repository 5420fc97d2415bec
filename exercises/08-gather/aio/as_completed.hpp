#pragma once
// Your layer of lesson 08. Check it with: ./learn check 08
// Lesson 08, as_completed: results in the order in which they are ready.
//
//  - next() belongs to no particular task: whoever awaits first gets the first that is done.
//  - A task that failed throws at its turn; the others still follow.
//  - When the time is over, what is left throws TimeoutError; no task is cancelled.

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/task.hpp>
#include <aio/wait.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* as_completed = __FILE__;  // which copy was compiled
}

namespace detail {

/// The queue between tasks that finish and those who await them.
template <class Handle>
class Completions final : public RefCounted, public TimedReady {
 public:
  explicit Completions(std::vector<Handle> handles);
  ~Completions() {
    if (pending()) loop_.cancel(*this);
  }

  /// Counts one next(). Throws InvalidStateError when there were as many as tasks.
  void claim();
  std::size_t unclaimed() const { return unclaimed_; }
  Coro<Handle> take();

  const FutureBase* first_taker() const {
    return takers_.empty() ? nullptr : &takers_.front().woken.state();
  }

  void limit(Delay timeout) { loop_.call_at(timeout.after(loop_.time()), *this); }
  void run() override;  // the time is over

 private:
  struct Hook final : Ready {
    Hook(Completions& completions, Handle task) : owner(completions), handle(std::move(task)) {}
    void run() override { owner.task_done(handle); }
    std::string describe() const override { return "as_completed"; }
    const FutureBase* for_whom() const override { return owner.first_taker(); }
    Completions& owner;
    Handle handle;
  };
  /// Who waits for one, in take()'s frame: leaves the list when the wait ends.
  struct Taker : Link<> {
    Future<> woken;
  };
  void task_done(const Handle& handle);
  void wake_one();
  bool any_done() const { return taken_ < done_.size(); }

  EventLoop& loop_;
  std::deque<Hook> hooks_;
  std::vector<Handle> done_;  // finished, in order; with room for all, so that nothing can fail
  std::size_t taken_ = 0;     // how many of them were
  List<Taker> takers_;
  std::size_t unclaimed_;
  std::size_t unfinished_;
  bool timed_out_ = false;
};

}  // namespace detail

/// What as_completed() returns: as many next() as there are tasks. Copies share one state.
template <class Handle>
class AsCompleted {
 public:
  using T = typename Handle::value_type;
  explicit AsCompleted(Ref<detail::Completions<Handle>> completions)
      : completions_(std::move(completions)) {}

  // All members throw InvalidStateError on one that was moved from.

  /// How many are left to ask for: `while (all.remaining() > 0) use(co_await all.next());`
  std::size_t remaining() const { return completions().unclaimed(); }
  explicit operator bool() const { return remaining() > 0; }
  /// Awaits the result of the next task to finish; throws its exception, or TimeoutError. Throws
  /// InvalidStateError when none is left.
  Coro<T> next() const {
    completions().claim();
    return next_result(completions_);
  }
  /// Awaits the handle of the next task to finish; it is done.
  Coro<Handle> next_task() const {
    completions().claim();
    return next_handle(completions_);
  }

 private:
  detail::Completions<Handle>& completions() const {
    if (completions_) return *completions_;
    throw InvalidStateError("this AsCompleted is empty: it was moved from");
  }
  static Coro<T> next_result(Ref<detail::Completions<Handle>> completions) {
    Handle handle = co_await completions->take();
    co_return detail::outcome_for<const Handle&>(handle.state()).value();
  }
  static Coro<Handle> next_handle(Ref<detail::Completions<Handle>> completions) {
    Handle handle = co_await completions->take();
    co_return handle;
  }
  Ref<detail::Completions<Handle>> completions_;
};

/// Runs all of them (coroutines become tasks) and hands them out as they finish, each once.
template <Awaitable A>
auto as_completed(std::vector<A> awaitables, std::optional<Delay> timeout = {}) {
  using Child = decltype(ensure_future(std::declval<A>()));
  std::vector<Child> handles;
  handles.reserve(awaitables.size());
  for (A& awaitable : awaitables) handles.push_back(ensure_future(std::move(awaitable)));
  detail::drop_duplicates(handles);
  Ref completions(new detail::Completions<Child>(std::move(handles)));
  if (timeout) completions->limit(*timeout);
  return AsCompleted<Child>(std::move(completions));
}

// Implementation

namespace detail {

template <class Handle>
Completions<Handle>::Completions(std::vector<Handle> handles)
    : loop_(running_loop()), unclaimed_(handles.size()), unfinished_(handles.size()) {
  done_.reserve(handles.size());
  for (const Handle& handle : handles) handle.state().wait(hooks_.emplace_back(*this, handle));
}

template <class Handle>
void Completions<Handle>::claim() {
  if (unclaimed_ == 0) throw InvalidStateError("as_completed: every task has been asked for");
  --unclaimed_;
}

//: 8.5 keep the task for whoever asks next, and wake one who waits
template <class Handle>
void Completions<Handle>::task_done(const Handle& handle) {
  AIO_TODO("8.5", "keep the task for whoever asks next, and wake one who waits");
}

template <class Handle>
void Completions<Handle>::wake_one() {
  while (!takers_.empty()) {
    const Taker& taker = takers_.pop_front();
    if (taker.woken.done()) continue;  // it was cancelled
    return taker.woken.set_result();
  }
}

//: 8.6 note that the time is over, hear of no more tasks, and wake all who wait
template <class Handle>
void Completions<Handle>::run() {
  AIO_TODO("8.6", "note that the time is over, hear of no more tasks, and wake all who wait");
}

//: 8.5 take one that is done, or wait for it
template <class Handle>
Coro<Handle> Completions<Handle>::take() {
  AIO_TODO("8.5", "take one that is done, or wait for it");
}

}  // namespace detail
}  // namespace aio
