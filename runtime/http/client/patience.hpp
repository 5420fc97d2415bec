#pragma once
// How long a client waits.

#include <algorithm>
#include <string>

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

  /// Does one step, which waits for `what`, and gives it `limit`, or the time that is left for
  /// everything if that is less. Throws aio::TimeoutError, which says which it was.
  template <class Body>
  aio::Coro<aio::detail::BodyResult<Body>> step(aio::Delay limit, const char* what,
                                                Body body) const {
    const aio::Clock::time_point end = limit.after(aio::running_loop().time());
    try {
      co_return co_await aio::timeout_at(std::min(end, until_), body);
    } catch (const aio::TimeoutError&) {
      const char* const why = until_ <= end ? "the request took longer than it may, waiting for "
                                            : "it took too long to wait for ";
      throw aio::TimeoutError(std::string(why) + what);
    }
  }

 private:
  aio::Clock::time_point until_;
};

}  // namespace http::detail
