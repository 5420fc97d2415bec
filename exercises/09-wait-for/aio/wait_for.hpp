#pragma once
// Your layer of lesson 09. Check it with: ./learn check 09
// Lesson 09, wait_for: await something, but not for ever.
//
// Stands on tasks (07); timeout.hpp and shield.hpp complete the lesson.
//  - A result in time is returned, and no timer is left behind.
//  - TimeoutError is thrown only after what was awaited has really finished being cancelled.
//  - Whoever cancels the waiting task gets CancelledError, never TimeoutError.

#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

#include <aio/shield.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/pool.hpp>
#include <aio/task.hpp>
#include <aio/timeout.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* wait_for = __FILE__;  // which copy was compiled; the tests print it
}

namespace detail {

/// Completes a future when another one is done. Leaves that one's list when it is destroyed.
class Relay final : public Ready, public Pooled {
 public:
  explicit Relay(FutureBase& from) { from.wait(*this); }
  const Future<>& done() const { return done_; }
  void run() override {
    if (!done_.done()) done_.set_result();
  }
  std::string describe() const override { return "wait_for"; }
  const FutureBase* for_whom() const override { return &done_.state(); }

 private:
  Future<> done_;
};

template <class Handle>
Coro<> end_of(Handle future, std::unique_ptr<Relay> end) {
  future.cancel();
  co_await end->done();
}

/// Cancels a future and waits for its end, whatever that is. It is cancelled also if there is no
/// memory to wait with.
template <class Handle>
Coro<> cancel_and_wait(const Handle& future) {
  try {
    return end_of(future, std::make_unique<Relay>(future.state()));
  } catch (...) {
    future.cancel();
    throw;
  }
}

/// `A` is the argument's type, a reference if it was an lvalue.
template <class A, class T>
Coro<T> wait_for(std::remove_cvref_t<A> awaitable, std::optional<Delay> limit);

}  // namespace detail

/// Awaits `awaitable` for at most `limit` (nullopt: for ever). Throws TimeoutError after it has
/// really ended. Zero or less: takes the result of what is done, cancels everything else.
template <Awaitable A>
Coro<AwaitResultOf<A>> wait_for(A&& awaitable, std::optional<Delay> limit) {
  return detail::wait_for<A, AwaitResultOf<A>>(std::forward<A>(awaitable), limit);
}

// Implementation

namespace detail {

//: 9.6 with no time at all: what is done counts, the rest is cancelled and waited for
template <class T, class A>
Coro<T> wait_for_nothing(std::remove_cvref_t<A> awaitable) {
  AIO_TODO("9.6", "with no time at all: what is done counts, the rest is cancelled and waited for");
}

//: 9.5 await it inside a timeout
template <class A, class T>
Coro<T> wait_for(std::remove_cvref_t<A> awaitable, std::optional<Delay> limit) {
  AIO_TODO("9.5", "await it inside a timeout");
}

}  // namespace detail
}  // namespace aio
