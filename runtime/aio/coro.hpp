#pragma once
// Lesson 06, coro: a function that can pause.
//
// Stands on nothing but the language; it knows no loop, no future and no task.
//  1. A Coro is lazy: its body starts when it is awaited.
//  2. It owns its frame, moves, and is awaited once.
//  3. Awaiting it, and returning from it, are symmetric transfers: the stack does not grow.
//  4. Its result or its exception goes to whoever awaits it, and to nobody else.

#include <coroutine>
#include <cstddef>
#include <exception>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include <aio/support/errors.hpp>
#include <aio/support/pool.hpp>
#include <aio/support/result.hpp>

namespace aio {

namespace layers {
inline constexpr const char* coro = __FILE__;  // which copy was compiled; the tests print it
}

template <class T = void>
class Coro;

namespace detail {

/// What the promises of all coroutines have in common. Frames come from the pool.
class CoroPromiseBase : public Pooled {
 public:
  /// Ends a coroutine by a transfer to whoever awaits it.
  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> finished) noexcept {
      return finished.promise().continuation_;
    }
    void await_resume() noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }
  FinalAwaiter final_suspend() noexcept { return {}; }
  void continue_with(std::coroutine_handle<> continuation) { continuation_ = continuation; }

 private:
  std::coroutine_handle<> continuation_ = std::noop_coroutine();
};

/// return_void or return_value: a promise must not have both.
template <class T>
class CoroPromiseResult : public CoroPromiseBase {
 public:
  template <class U = T>
  requires std::is_constructible_v<Stored<T>, U &&> &&
      (!std::is_reference_v<T>)void return_value(U&& value) {
    result_.emplace(std::forward<U>(value));
  }
  void return_value(T value) requires std::is_reference_v<T> { result_.emplace(&value); }
  void unhandled_exception() noexcept { result_.set_exception(std::current_exception()); }
  Result<T>& result() { return result_; }

 private:
  Result<T> result_;
};

template <>
class CoroPromiseResult<void> : public CoroPromiseBase {
 public:
  void return_void() noexcept { result_.emplace(); }
  void unhandled_exception() noexcept { result_.set_exception(std::current_exception()); }
  Result<void>& result() { return result_; }

 private:
  Result<void> result_;
};

template <class T>
class CoroPromise final : public CoroPromiseResult<T> {
 public:
  Coro<T> get_return_object() noexcept;
};

/// Owns a coroutine's frame.
template <class Promise>
class Frame {
 public:
  using handle_type = std::coroutine_handle<Promise>;
  Frame() = default;
  explicit Frame(handle_type handle) : handle_(handle) {}
  Frame(Frame&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Frame& operator=(Frame&& other) noexcept {
    std::swap(handle_, other.handle_);
    return *this;
  }
  ~Frame() { reset(); }

  handle_type get() const { return handle_; }
  Promise& promise() const { return handle_.promise(); }
  explicit operator bool() const { return handle_ != nullptr; }
  handle_type release() { return std::exchange(handle_, nullptr); }
  void reset() {
    if (handle_) std::exchange(handle_, nullptr).destroy();
  }

 private:
  handle_type handle_;
};

template <class T>
class CoroAwaiter;

}  // namespace detail

/// A lazy coroutine with a result of type T (void, a value or a reference). Await it once:
/// `co_await f()` or `co_await std::move(coro)`.
template <class T>
class [[nodiscard(
    "a Coro does nothing until it is awaited; write co_await, or create_task")]] Coro {
 public:
  using promise_type = detail::CoroPromise<T>;
  using value_type = T;
  using Frame = detail::Frame<promise_type>;

  /// An empty Coro, good for being assigned to.
  Coro() = default;
  explicit Coro(Frame frame) : frame_(std::move(frame)) {}

  /// False when it was moved from, or awaited.
  bool valid() const { return static_cast<bool>(frame_); }

  /// Throws std::logic_error when it is not valid().
  detail::CoroAwaiter<T> operator co_await()&&;
  void operator co_await()& = delete;  // a Coro is used up: co_await std::move(coro)

  /// Gives the frame up. Throws std::logic_error when it is not valid().
  Frame release();

 private:
  Frame frame_;
};

// Implementation

namespace detail {

template <class T>
Coro<T> CoroPromise<T>::get_return_object() noexcept {
  return Coro<T>(Frame(std::coroutine_handle<CoroPromise>::from_promise(*this)));
}

/// Runs a Coro as part of the coroutine that awaits it, and owns its frame meanwhile.
template <class T>
class CoroAwaiter {
 public:
  explicit CoroAwaiter(typename Coro<T>::Frame frame) : frame_(std::move(frame)) {}

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting) noexcept {
    frame_.promise().continue_with(awaiting);
    return frame_.get();
  }
  T await_resume() { return std::move(frame_.promise().result()).value(); }

 private:
  typename Coro<T>::Frame frame_;
};

}  // namespace detail

template <class T>
typename Coro<T>::Frame Coro<T>::release() {
  if (!valid()) {
    throw std::logic_error("this Coro is empty: it was moved from, or awaited before");
  }
  return std::move(frame_);
}

template <class T>
detail::CoroAwaiter<T> Coro<T>::operator co_await() && {
  return detail::CoroAwaiter<T>(release());
}

}  // namespace aio
