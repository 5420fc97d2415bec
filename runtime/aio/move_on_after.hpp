#pragma once
// A time limit that is no error: given to lesson 15.
//
// Stands on timeouts (09). What is not ready in time is left out, and the program goes on.

#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>

#include <aio/support/delay.hpp>
#include <aio/support/named_callable.hpp>
#include <aio/support/result.hpp>
#include <aio/timeout.hpp>

namespace aio {

namespace layers {
inline constexpr const char* move_on_after = __FILE__;  // which copy was compiled
}

namespace detail {
/// What is left of a body that may have been stopped: its result or nothing; for a body without a
/// result, whether it ended in time.
template <class T>
using InTime = std::conditional_t<std::is_void_v<T>, bool, std::optional<T>>;
}  // namespace detail

/// Runs `body`, a callable that returns a Coro and may take a Timeout&, for at most `delay` from
/// when it is awaited. Gives its result in an optional, which is empty if it was stopped; `true` or
/// `false` for a body without a result. It has really ended then. Everything else that the body
/// throws is thrown, and a request of others to stop is theirs. Name a lambda with captures first.
///
///   const auto quote = co_await aio::move_on_after(200ms, ask);
///   show(quote.value_or(yesterdays));
template <class Body>
Coro<detail::InTime<detail::BodyResult<Body>>> move_on_after(Delay delay, Body&& body);
/// The same with a timeout that was made before, which can be asked and moved.
template <class Body>
Coro<detail::InTime<detail::BodyResult<Body>>> move_on_after(Timeout& limit, Body&& body);

// Implementation

namespace detail {

template <class Body>
Coro<InTime<BodyResult<Body>>> run_or_move_on(Timeout& limit, Body body) {
  limit.enter();
  try {
    if constexpr (std::is_void_v<BodyResult<Body>>) {
      co_await call_body(body, limit);
      limit.leave();
      co_return true;
    } else {
      InTime<BodyResult<Body>> result = co_await call_body(body, limit);
      limit.leave();
      co_return result;
    }
  } catch (const CancelledError&) {
    if (!limit.leave()) throw;
  } catch (...) {
    limit.leave();
    throw;
  }
  co_return InTime<BodyResult<Body>>();
}

template <class Body>
Coro<InTime<BodyResult<Body>>> run_or_move_on(Delay delay, Body body) {
  Timeout limit(delay);
  co_return co_await run_or_move_on(limit, std::move(body));
}

}  // namespace detail

template <class Body>
Coro<detail::InTime<detail::BodyResult<Body>>> move_on_after(Delay delay, Body&& body) {
  detail::require_named<Body>();
  return detail::run_or_move_on(delay, std::decay_t<Body>(std::forward<Body>(body)));
}

template <class Body>
Coro<detail::InTime<detail::BodyResult<Body>>> move_on_after(Timeout& limit, Body&& body) {
  detail::require_named<Body>();
  return detail::run_or_move_on(limit, std::decay_t<Body>(std::forward<Body>(body)));
}

}  // namespace aio
