#pragma once
// Lesson 09, timeout: a deadline for a piece of a task.
//
// Stands on tasks (07). When the deadline passes, the timeout cancels the task, and turns the
// CancelledError that leaves its block into TimeoutError — if nobody else asked for it.
//  1. It takes back only its own request. What others asked for is counted, and stays theirs.
//  2. An inner timeout that expires first throws to the outer block, and that one goes on.
//  3. A block that is left in time disarms its timeout: no timer is left behind.
//  4. TimeoutError comes after the work has really ended, never before.
//  5. Cancelling a shield does not reach the task behind it (shield.hpp).

#include <concepts>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>

#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/named_callable.hpp>
#include <aio/task.hpp>

namespace aio {

namespace layers {
inline constexpr const char* timeout = __FILE__;  // which copy was compiled; the tests print it
}

/// A deadline for one block, see timeout().
class Timeout final : private TimedReady {
 public:
  using time_point = Clock::time_point;

  /// No deadline: never expires, until reschedule() sets one.
  explicit Timeout(std::optional<time_point> when = {}) : when_(when) {}
  /// The deadline is `delay` from now. Throws InvalidStateError where no loop runs.
  explicit Timeout(Delay delay) : when_(delay.after(running_loop().time())) {}
  ~Timeout() { disarm(); }

  /// The deadline, if there is one.
  std::optional<time_point> when() const { return when_; }
  /// Whether the deadline has passed inside the block.
  bool expired() const { return state_ == State::expiring || state_ == State::expired; }
  /// Moves the deadline, or takes it away; one that is past fires in the next iteration. Throws
  /// InvalidStateError outside the block, and after it has expired.
  void reschedule(std::optional<time_point> when);

  /// Begins the block. Throws InvalidStateError outside a task, InvalidStateError the second time.
  void enter();
  /// Ends the block. Returns whether a CancelledError that leaves it is this timeout's alone.
  bool leave();

 private:
  enum class State { created, entered, expiring, expired, exited };

  void run() override;  // the deadline has passed
  std::string describe() const override { return "timeout"; }
  void disarm();

  std::optional<time_point> when_;
  State state_ = State::created;
  TaskRef task_;
  int cancelling_ = 0;  // the task's count at entry
};

namespace detail {

template <class Body>
auto call_body(Body& body, Timeout& limit) {
  if constexpr (std::invocable<Body&, Timeout&>) {
    return std::invoke(body, limit);
  } else {
    return std::invoke(body);
  }
}
template <class Body>
using BodyResult = typename decltype(call_body(std::declval<std::remove_cvref_t<Body>&>(),
                                               std::declval<Timeout&>()))::value_type;

}  // namespace detail

/// Runs `body`, a callable that returns a Coro and may take a Timeout&, until the deadline of
/// `limit`. Throws TimeoutError after the body has really ended. Keeps the callable alive. Give a
/// lambda that captures more than references a name first (see support/named_callable.hpp).
///
///   aio::Timeout limit(2s);
///   try {
///     co_await aio::timeout(limit, body);
///   } catch (const aio::TimeoutError&) {  // limit.expired() tells whose deadline it was
///   }
template <class Body>
Coro<detail::BodyResult<Body>> timeout(Timeout& limit, Body&& body);
/// The same with a deadline at a time; nullopt: none.
template <class Body>
Coro<detail::BodyResult<Body>> timeout_at(std::optional<Clock::time_point> when, Body&& body);
/// The same with a deadline `delay` from when it is awaited; nullopt: none.
template <class Body>
Coro<detail::BodyResult<Body>> timeout(std::optional<Delay> delay, Body&& body);

// Implementation

//: 9.1 remember the task, how often it was asked to stop before, and arm
inline void Timeout::enter() {
  if (state_ != State::created) throw InvalidStateError("this timeout has been entered before");
  const detail::TaskBase& task = detail::TaskBase::current("a timeout");
  task_ = current_task();
  cancelling_ = task.cancelling();
  state_ = State::entered;
  reschedule(when_);
}

//: 9.1 disarm, and arm for the new time
inline void Timeout::reschedule(std::optional<time_point> when) {
  if (state_ == State::created) throw InvalidStateError("this timeout has not been entered yet");
  if (state_ != State::entered) throw InvalidStateError("this timeout has expired or was left");
  disarm();
  when_ = when;
  if (!when) return;
  EventLoop& loop = task_.task().home();
  if (*when <= loop.time()) {
    loop.call_soon(*this);
  } else {
    loop.call_at(*when, *this);
  }
}

inline void Timeout::disarm() {
  if (pending() || linked()) task_.task().home().cancel(*this);
}

//: 9.2 the deadline has passed: ask the task to stop
inline void Timeout::run() {
  task_.cancel();
  state_ = State::expiring;
}

//: 9.3 take your own request back; it is yours alone if no other is left
inline bool Timeout::leave() {
  disarm();
  if (state_ != State::expiring) {
    state_ = State::exited;
    return false;
  }
  state_ = State::expired;
  return task_.uncancel() <= cancelling_;
}

namespace detail {

template <class Body>
Coro<BodyResult<Body>> run_within(Timeout& limit, Body body) {
  using T = BodyResult<Body>;
  limit.enter();
  try {
    if constexpr (std::is_void_v<T>) {
      co_await call_body(body, limit);
      limit.leave();
      co_return;
    } else {
      T result = co_await call_body(body, limit);
      limit.leave();
      co_return std::forward<T>(result);
    }
  } catch (const CancelledError&) {
    if (limit.leave()) throw TimeoutError();
    throw;
  } catch (...) {
    limit.leave();
    throw;
  }
}

template <class Body>
Coro<BodyResult<Body>> run_until(std::optional<Clock::time_point> when, Body body) {
  Timeout limit(when);
  co_return co_await run_within(limit, std::move(body));
}

template <class Body>
Coro<BodyResult<Body>> run_for(std::optional<Delay> delay, Body body) {
  std::optional<Clock::time_point> when;
  if (delay) when = delay->after(running_loop().time());
  co_return co_await run_until(when, std::move(body));
}

}  // namespace detail

template <class Body>
Coro<detail::BodyResult<Body>> timeout(Timeout& limit, Body&& body) {
  detail::require_named<Body>();
  return detail::run_within(limit, std::decay_t<Body>(std::forward<Body>(body)));
}

template <class Body>
Coro<detail::BodyResult<Body>> timeout_at(std::optional<Clock::time_point> when, Body&& body) {
  detail::require_named<Body>();
  return detail::run_until(when, std::decay_t<Body>(std::forward<Body>(body)));
}

template <class Body>
Coro<detail::BodyResult<Body>> timeout(std::optional<Delay> delay, Body&& body) {
  detail::require_named<Body>();
  return detail::run_for(delay, std::decay_t<Body>(std::forward<Body>(body)));
}

}  // namespace aio
