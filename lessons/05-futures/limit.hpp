#pragma once
// Exercise fix-5b: an answer, but not for ever.

#include <chrono>
#include <exception>
#include <string>

#include <aio/event_loop.hpp>
#include <aio/future.hpp>

/// A future that ends as `answer` ends, or with aio::TimeoutError when that takes longer than
/// `limit`. Who has enough of waiting may cancel it; the answer goes on alone.
aio::Future<std::string> with_limit(aio::EventLoop& loop, const aio::Future<std::string>& answer,
                                    std::chrono::seconds limit);

/// Completes `to` as `from` has been completed. REQUIRES: `from` is done, `to` is pending. Given.
inline void copy_outcome(const aio::Future<std::string>& from, const aio::Future<std::string>& to) {
  if (from.cancelled()) {
    to.cancel();
  } else if (const std::exception_ptr failure = from.exception()) {
    to.set_exception(failure);
  } else {
    to.set_result(from.result());
  }
}
