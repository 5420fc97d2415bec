#pragma once
// Why a call is refused, for tests of what a user reads then.
//
//   EXPECT_EQ(tests::refusal([&] { loop.close(); }), "close: this loop is running");

#include <exception>
#include <functional>
#include <string>

#include <aio/support/errors.hpp>
#include <aio/support/todo.hpp>

namespace tests {

/// What an exception says, or that there was none.
inline std::string refusal(const std::function<void()>& call) {
  try {
    call();
  } catch (...) {
    return aio::message_of(std::current_exception());
  }
  return "nothing was thrown";
}

/// "thrown" if a call throws an `Error`; otherwise what it throws says, or that there was none. For
/// errors whose words are free. What is not written yet goes on as it is.
template <class Error>
std::string thrown_as(const std::function<void()>& call) {
  try {
    call();
  } catch (const aio::Todo&) {
    throw;
  } catch (const Error&) {
    return "thrown";
  } catch (...) {
    return aio::message_of(std::current_exception());
  }
  return "nothing was thrown";
}

}  // namespace tests
