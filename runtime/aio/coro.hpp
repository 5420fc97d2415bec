#pragma once
// Lesson 06, coro: a function that can pause.
//
// Stands on nothing but the language; it knows no loop, no future and no task.
//  1. A Coro is lazy: its body starts when it is awaited.
//  2. It owns its frame: the frame is destroyed once, with its owner, finished or not.
//  3. It is awaited once. Its result or its exception goes to whoever awaits it, and nowhere else.
//  4. Awaiting it, and returning from it, are symmetric transfers: the stack does not grow.
//
// A frame holds the promise, the parameters, the locals, and where to go on. The promise is our
// side of it: the compiler calls it at each turn of the coroutine's life.

#include <coroutine>
#include <cstddef>
#include <exception>
#include <new>
#include <type_traits>
#include <utility>

#include <aio/coro/dropped.hpp>
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

/// Owns a coroutine's frame, or nothing.
template <class Promise>
class Frame {
 public:
  using handle_type = std::coroutine_handle<Promise>;
  Frame() = default;
  explicit Frame(handle_type handle) : handle_(handle) {}
  Frame(Frame&& other) noexcept { take(other); }
  Frame& operator=(Frame&& other) noexcept {
    Frame taken(std::move(other));
    std::swap(handle_, taken.handle_);
    return *this;
  }
  ~Frame() { reset(); }

  handle_type get() const { return handle_; }
  Promise& promise() const { return handle_.promise(); }
  explicit operator bool() const { return handle_ != nullptr; }
  /// Gives the frame up without destroying it.
  handle_type release() { return std::exchange(handle_, nullptr); }
  /// Destroys the frame, if there is one.
  void reset() noexcept;

 private:
  /// Becomes the owner of what `other` owns. REQUIRES: this one owns nothing.
  void take(Frame& other) noexcept;

  handle_type handle_;
};

/// What the promises of all coroutines have in common. Frames come from the pool.
template <class T>
class CoroPromiseBase : public Pooled {
 public:
  /// Where a coroutine pauses for the last time: its frame stays until its owner destroys it.
  struct FinalAwaiter {
    bool await_ready() noexcept { return false; }
    template <class Promise>
    std::coroutine_handle<> await_suspend(std::coroutine_handle<Promise> finished) noexcept {
      std::coroutine_handle<> next = std::noop_coroutine();
      finished.promise().hand_back(next);
      return next;
    }
    void await_resume() noexcept {}
  };

  std::suspend_always initial_suspend() noexcept { return {}; }  // lazy: somebody else starts it
  FinalAwaiter final_suspend() noexcept { return {}; }
  void unhandled_exception();

  /// Says who awaits this coroutine. Until somebody does, its end leads back to who resumed it.
  void continue_with(std::coroutine_handle<> awaiting) noexcept { continuation_ = awaiting; }
  /// Sets `next`, where control goes at the end. Untouched, it goes back to who resumed us.
  void hand_back(std::coroutine_handle<>& next) const noexcept;
  Result<T>& result() { return result_; }

 protected:
  /// Empty, to be filled. (It is full if a destructor threw after a co_return.)
  Result<T>& fresh_result() noexcept {
    if constexpr (!std::is_trivially_destructible_v<Stored<T>>) {
      if (!result_.empty()) [[unlikely]]
        result_.clear();
    }
    return result_;
  }

 private:
  std::coroutine_handle<> continuation_ = std::noop_coroutine();
  Result<T> result_;
};

/// What co_return calls: return_value or return_void. A promise must not have both.
template <class T>
class CoroReturn : public CoroPromiseBase<T> {
 public:
  template <class U = T>
  requires std::is_convertible_v<U, T>
  void return_value(U&& value);
};
template <class T>
class CoroReturn<T&> : public CoroPromiseBase<T&> {
 public:
  void return_value(T& value);
  void return_value(T&& value) = delete;  // it would be gone before anybody sees it
};
template <>
class CoroReturn<void> : public CoroPromiseBase<void> {
 public:
  void return_void();
};

template <class T>
class CoroPromise final : public CoroReturn<T> {
 public:
  Coro<T> get_return_object();

  // A frame is aligned as its promise is, which holds the result. Compilers ask for no more than
  // any type gets.
  [[gnu::always_inline]] static void* operator new(std::size_t size) {
    if constexpr (alignof(CoroPromise) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
      return made(Pooled::operator new(size));
    } else {
      return made(Pooled::operator new(size, std::align_val_t(alignof(CoroPromise))));
    }
  }
  [[gnu::always_inline]] static void operator delete(void* frame, std::size_t size) noexcept {
    if constexpr (alignof(CoroPromise) <= __STDCPP_DEFAULT_NEW_ALIGNMENT__) {
      Pooled::operator delete(frame, size);
    } else {
      Pooled::operator delete(frame, size, std::align_val_t(alignof(CoroPromise)));
    }
  }
};

/// Runs a Coro as part of the coroutine that awaits it, and owns its frame meanwhile.
template <class T>
class CoroAwaiter {
 public:
  explicit CoroAwaiter(Frame<CoroPromise<T>> frame) : frame_(std::move(frame)) {}

  bool await_ready() const noexcept { return false; }
  std::coroutine_handle<> await_suspend(std::coroutine_handle<> awaiting);
  T await_resume();

 private:
  Frame<CoroPromise<T>> frame_;
};

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
  Coro(Coro &&) = default;
  Coro& operator=(Coro&&) = default;
  [[gnu::always_inline]] ~Coro() {
    if (frame_) [[unlikely]]
      detail::tell_dropped(frame_.get());
  }

  /// False when it was moved from, or awaited.
  bool valid() const { return static_cast<bool>(frame_); }

  /// Throws InvalidStateError when it is not valid().
  detail::CoroAwaiter<T> operator co_await()&&;
  void operator co_await()& = delete;  // a Coro is used up: co_await std::move(coro)

  /// Gives the frame up. Throws InvalidStateError when it is not valid().
  Frame release();

 private:
  [[noreturn, gnu::cold]] static void throw_empty() {
    throw InvalidStateError("this Coro is empty: it was moved from, or awaited before");
  }

  Frame frame_;
};

// Implementation

namespace detail {

//: 6.1 make a Coro that owns this promise's frame
template <class T>
Coro<T> CoroPromise<T>::get_return_object() {
  return Coro<T>(Frame<CoroPromise>(std::coroutine_handle<CoroPromise>::from_promise(*this)));
}

//: 6.1 the frame changes hands: `other` owns nothing now
template <class Promise>
void Frame<Promise>::take(Frame& other) noexcept {
  handle_ = std::exchange(other.handle_, nullptr);
}

//: 6.1 destroy the frame, once
template <class Promise>
void Frame<Promise>::reset() noexcept {
  if (handle_) std::exchange(handle_, nullptr).destroy();
}

//: 6.2 keep the value
template <class T>
template <class U>
requires std::is_convertible_v<U, T>
void CoroReturn<T>::return_value(U&& value) {
  this->fresh_result().emplace(std::forward<U>(value));
}

//: 6.2 keep the address
template <class T>
void CoroReturn<T&>::return_value(T& value) {
  this->fresh_result().emplace(&value);
}

//: 6.2 there is nothing to keep but that it has ended well
inline void CoroReturn<void>::return_void() { fresh_result().emplace(); }

//: 6.2 keep the exception
template <class T>
void CoroPromiseBase<T>::unhandled_exception() {
  fresh_result().set_exception(std::current_exception());
}

//: 6.3 note who awaits, and go to the beginning of the body
template <class T>
std::coroutine_handle<> CoroAwaiter<T>::await_suspend(std::coroutine_handle<> awaiting) {
  frame_.promise().continue_with(awaiting);
  return frame_.get();
}

//: 6.4 move the value out, or throw the exception
template <class T>
T CoroAwaiter<T>::await_resume() {
  return std::move(frame_.promise().result()).value();
}

//: 6.5 control goes back to whoever awaits
template <class T>
void CoroPromiseBase<T>::hand_back(std::coroutine_handle<>& next) const noexcept {
  next = continuation_;
}

}  // namespace detail

template <class T>
typename Coro<T>::Frame Coro<T>::release() {
  if (!valid()) [[unlikely]]
    throw_empty();
  return std::move(frame_);
}

template <class T>
detail::CoroAwaiter<T> Coro<T>::operator co_await() && {
  return detail::CoroAwaiter<T>(release());
}

}  // namespace aio
