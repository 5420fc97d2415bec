#pragma once
// Your layer of lesson 08. Check it with: ./learn check 08
// Lesson 08, wait: sleep until one, or all, of several tasks are done; take nothing from them.
//
//  - It delivers no result and throws no child's exception: it only sorts into done and pending.
//  - It cancels nobody, neither when the time is over nor when it is cancelled itself.

#include <deque>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <aio/support/delay.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* wait = __FILE__;  // which copy was compiled; the tests print it
}

/// When wait() returns, its time limit aside.
enum class ReturnWhen { first_completed, first_exception, all_completed };

/// What wait() found when it returned, each in the order of the arguments.
template <class T, class Handle = Task<T>>
struct Waited {
  std::vector<Handle> done, pending;
};

namespace detail {

/// Releases a wait() when enough of its tasks are done, or its time is over.
class Release final : public TimedReady {
 public:
  Release(ReturnWhen mode, std::size_t count) : mode_(mode), left_(count) {}
  ~Release() {
    if (pending()) future_.state().home().cancel(*this);
  }

  const Future<>& future() const { return future_; }
  void task_done(FutureBase& task);
  void run() override { release(); }  // the time is over

 private:
  void release() {
    if (!future_.done()) future_.set_result();
  }

  Future<> future_;
  const ReturnWhen mode_;
  std::size_t left_;
};

class WaitHook final : public Ready {
 public:
  WaitHook(Release& release, FutureBase& task) : release_(release), task_(task) {
    task.wait(*this);
  }
  void run() override { release_.task_done(task_); }
  std::string describe() const override { return "wait"; }
  const FutureBase* for_whom() const override { return &release_.future().state(); }

 private:
  Release& release_;
  FutureBase& task_;
};

/// Keeps the first handle of each future.
template <class Handle>
void drop_duplicates(std::vector<Handle>& handles) {
  for (const Handle& handle : handles) handle.state();  // throws for one that was moved from
  std::erase_if(handles, [](const Handle& handle) { return handle.state().mark(); });
  for (const Handle& handle : handles) handle.state().unmark();
}

}  // namespace detail

/// Waits for tasks or futures, at least one, until `mode` is fulfilled or `timeout` is over.
/// Throws std::invalid_argument for none, or an unknown mode.
template <FutureLike Handle>
Coro<Waited<typename Handle::value_type, Handle>> wait(std::vector<Handle> handles,
                                                       ReturnWhen mode = ReturnWhen::all_completed,
                                                       std::optional<Delay> timeout = {});

// Implementation

namespace detail {

//: 8.4 is this the one that ends the wait?
inline void Release::task_done(FutureBase& task) {
  AIO_TODO("8.4", "is this the one that ends the wait?");
}

}  // namespace detail

template <FutureLike Handle>
Coro<Waited<typename Handle::value_type, Handle>> wait(std::vector<Handle> handles, ReturnWhen mode,
                                                       std::optional<Delay> timeout) {
  if (handles.empty()) throw std::invalid_argument("wait: there is nothing to wait for");
  if (mode < ReturnWhen::first_completed || mode > ReturnWhen::all_completed) {
    throw std::invalid_argument("wait: unknown mode");
  }
  detail::drop_duplicates(handles);
  EventLoop& loop = running_loop();
  detail::Release release(mode, handles.size());
  if (timeout) loop.call_at(timeout->after(loop.time()), release);
  std::deque<detail::WaitHook> hooks;  // their destructors unhook them
  for (const Handle& handle : handles) hooks.emplace_back(release, handle.state());
  co_await release.future();
  Waited<typename Handle::value_type, Handle> sorted;
  for (Handle& handle : handles) {
    auto& side = handle.done() ? sorted.done : sorted.pending;
    side.push_back(std::move(handle));
  }
  co_return sorted;
}

}  // namespace aio
