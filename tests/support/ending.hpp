#pragma once
// How a future ended, in a word for a story.

#include <exception>
#include <string>

#include <aio/future.hpp>
#include <aio/support/errors.hpp>

namespace tests {

/// "pending", "cancelled", "failed(boom)", or the text that is its result.
inline std::string ending(const aio::Future<std::string>& future) {
  if (!future.done()) return "pending";
  if (future.cancelled()) return "cancelled";
  const std::exception_ptr failure = future.exception();
  return failure ? "failed(" + aio::message_of(failure) + ")" : future.result();
}

}  // namespace tests
