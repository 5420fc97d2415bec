#pragma once
// Why a call is refused, for tests of what a user reads then.
//
//   EXPECT_EQ(tests::refusal([&] { loop.close(); }), "close: this loop is running");

#include <exception>
#include <functional>
#include <string>

#include <aio/support/errors.hpp>

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

}  // namespace tests
