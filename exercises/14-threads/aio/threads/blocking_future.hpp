#pragma once
// Your layer of lesson 14. Check it with: ./learn check 14
// A coroutine that another thread gives to a loop, and what that thread has meanwhile: a future on
// which it may block.

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <aio/support/delay.hpp>
#include <aio/threads.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* blocking_future = __FILE__;  // which copy was compiled; tests print it
}

namespace detail {

/// What both sides share. The mutex guards everything but the task, which is the loop's. It is its
/// own letter to the loop, which asks the task to stop: cancelling allocates nothing.
template <class T>
class RemoteCall final : public Posted, public std::enable_shared_from_this<RemoteCall<T>> {
 public:
  explicit RemoteCall(EventLoop& home) : home_(&home) {}

  // ── any thread ──

  bool done() const { return locked(state_) != State::pending; }
  bool cancelled() const { return locked(state_) == State::cancelled; }
  bool cancel();
  /// Returns false when the time is up.
  bool wait(std::optional<Delay> limit);
  T take();

  // ── the loop's thread ──

  void begun(std::shared_ptr<LoopDoor> door, TaskBase& task);
  void finish(Result<T> result);
  /// The task has gone. What it has not said by now it never will.
  void end();
  /// The letter has arrived.
  void run() override;
  void discard() noexcept override { const auto last = std::move(self_); }
  std::string describe() const override { return "a request to cancel from another thread"; }

 private:
  enum class State : std::uint8_t { pending, done, cancelled, taken };

  template <class Value>
  Value locked(const Value& value) const {
    const std::lock_guard lock(mutex_);
    return value;
  }
  /// Sends the letter, once. It keeps itself alive on the way.
  void send_through(LoopDoor& door) noexcept;
  void cancel_task() {
    if (task_ != nullptr) task_->cancel();
  }

  EventLoop* const home_;  // only compared: it may be gone
  TaskBase* task_ = nullptr;
  mutable std::mutex mutex_;
  std::condition_variable over_;
  State state_ = State::pending;
  Result<T> result_;
  std::shared_ptr<LoopDoor> door_;    // null: the loop has not begun it
  std::shared_ptr<RemoteCall> self_;  // on its way to the loop
};

/// The loop's share of a call. It travels with the coroutine; where it ends, the call ends.
template <class T>
class Delivery {
 public:
  explicit Delivery(std::shared_ptr<RemoteCall<T>> call) : call_(std::move(call)) {}
  Delivery(Delivery&&) noexcept = default;
  Delivery& operator=(Delivery&&) = delete;
  ~Delivery() {
    if (call_ != nullptr) call_->end();
  }
  RemoteCall<T>* operator->() const { return call_.get(); }
  const std::shared_ptr<RemoteCall<T>>& call() const { return call_; }

 private:
  std::shared_ptr<RemoteCall<T>> call_;
};

/// Runs the coroutine in the loop and says how it ended. A request to stop, and an error that is
/// fatal, are the loop's affair too.
template <class T>
Coro<> deliver(Delivery<T> delivery, Coro<T> coro) {
  Result<T> result;
  try {
    if constexpr (std::is_void_v<T>) {
      co_await std::move(coro);
      result.emplace();
    } else {
      result.emplace(to_stored<T>(co_await std::move(coro)));
    }
  } catch (const CancelledError&) {
    throw;
  } catch (const FatalError&) {
    result.set_exception(std::current_exception());
    delivery->finish(std::move(result));
    throw;
  } catch (...) {
    result.set_exception(std::current_exception());
  }
  delivery->finish(std::move(result));
}

}  // namespace detail

/// The result of a coroutine that runs in a loop of another thread. Move-only; when it goes, the
/// coroutine runs on. Throws InvalidStateError when it was moved from.
template <class T = void>
class BlockingFuture {
 public:
  explicit BlockingFuture(std::shared_ptr<detail::RemoteCall<T>> call) : call_(std::move(call)) {}

  /// Blocks this thread until the coroutine has ended: its result (once), or its exception.
  /// Throws CancelledError when either side has cancelled it, or its loop was closed, and
  /// InvalidStateError in the loop's own thread, which would wait for itself.
  T get() {
    call().wait(std::nullopt);
    return call().take();
  }
  /// The same, but not for ever. Throws TimeoutError when the time is up; the coroutine runs on.
  T get(Delay limit) {
    if (!call().wait(limit)) throw TimeoutError();
    return call().take();
  }
  /// Asks the coroutine's task to stop. Whoever blocks in get() goes on at once. Returns false when
  /// it was done before.
  bool cancel() { return call().cancel(); }
  bool done() const { return call().done(); }
  bool cancelled() const { return call().cancelled(); }

 private:
  detail::RemoteCall<T>& call() const {
    if (call_ == nullptr) throw InvalidStateError("this BlockingFuture is empty: moved from");
    return *call_;
  }

  std::shared_ptr<detail::RemoteCall<T>> call_;
};

/// Runs `coro` as a task of `loop`, which another thread runs. Any thread may call it. The loop
/// must exist until this returns. Throws InvalidStateError when it is closed; the coroutine is then
/// destroyed without having run. What the coroutine refers to has to outlive it.
template <class T>
BlockingFuture<T> run_coroutine_threadsafe(Coro<T> coro, EventLoop& loop);

// Implementation

namespace detail {

//: 14.5 cancelled here at once; the task hears of it on its loop
template <class T>
bool RemoteCall<T>::cancel() {
  AIO_TODO("14.5", "cancelled here at once; the task hears of it on its loop");
}

template <class T>
void RemoteCall<T>::send_through(LoopDoor& door) noexcept {
  self_ = this->shared_from_this();
  if (!door.post(*this)) discard();
}

template <class T>
void RemoteCall<T>::run() {
  const auto last = std::move(self_);
  cancel_task();
}

template <class T>
bool RemoteCall<T>::wait(std::optional<Delay> limit) {
  std::unique_lock lock(mutex_);
  const auto over = [this] { return state_ != State::pending; };
  if (!over() && loop_of_this_thread == home_) {
    throw InvalidStateError(
        "get: the loop that is to run the coroutine runs in this very thread; "
        "co_await the coroutine instead");
  }
  if (!limit) {
    over_.wait(lock, over);
    return true;
  }
  return over_.wait_until(lock, limit->after(std::chrono::steady_clock::now()), over);
}

template <class T>
T RemoteCall<T>::take() {
  const std::lock_guard lock(mutex_);
  if (state_ == State::cancelled) throw CancelledError();
  if (state_ == State::taken) throw InvalidStateError("get: the result has been taken before");
  if (!result_.failed()) state_ = State::taken;
  return std::move(result_).value();
}

//: 14.5 the task runs: from now on it can be cancelled, and perhaps it was already
template <class T>
void RemoteCall<T>::begun(std::shared_ptr<LoopDoor> door, TaskBase& task) {
  AIO_TODO("14.5", "the task runs: from now on it can be cancelled, and perhaps it was already");
}

//: 14.5 what came out, unless it was cancelled before
template <class T>
void RemoteCall<T>::finish(Result<T> result) {
  AIO_TODO("14.5", "what came out, unless it was cancelled before");
}

template <class T>
void RemoteCall<T>::end() {
  task_ = nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::pending) return;
    state_ = State::cancelled;
  }
  over_.notify_all();
}

}  // namespace detail

template <class T>
BlockingFuture<T> run_coroutine_threadsafe(Coro<T> coro, EventLoop& loop) {
  auto call = std::make_shared<detail::RemoteCall<T>>(loop);
  detail::Delivery<T> delivery(call);
  loop.call_soon_threadsafe([&loop, delivery = std::move(delivery),
                             coro = std::move(coro)]() mutable {
    const auto shared = delivery.call();
    if (shared->cancelled()) return;
    auto door = detail::LoopDoor::here();
    const Task<> task = create_task_on(loop, detail::deliver(std::move(delivery), std::move(coro)));
    shared->begun(std::move(door), task.state());
  });
  return BlockingFuture<T>(std::move(call));
}

}  // namespace aio
