#pragma once
// How long a client waits.

#include <algorithm>
#include <chrono>
#include <utility>

#include <aio/clock.hpp>
#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <aio/timeout.hpp>

namespace http::detail {

/// The time that is left for a request, all steps together.
class Patience {
 public:
  explicit Patience(aio::Delay whole) : until_(whole.after(aio::running_loop().time())) {}

  /// Does one step, and gives it `limit`. Throws aio::TimeoutError, which says `late`, or that the
  /// time for everything has passed.
  template <class Body>
  aio::Coro<aio::detail::BodyResult<Body>> step(aio::Delay limit, const char* late,
                                                Body body) const {
    const aio::Clock::time_point end = limit.after(aio::running_loop().time());
    try {
      co_return co_await aio::timeout_at(std::min(end, until_), body);
    } catch (const aio::TimeoutError&) {
      throw aio::TimeoutError(until_ <= end ? "the request took longer than it may" : late);
    }
  }

 private:
  aio::Clock::time_point until_;
};

}  // namespace http::detail
