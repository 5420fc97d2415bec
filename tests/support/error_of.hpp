#pragma once
// What the kernel refuses, for tests with sockets.
//
//   EXPECT_EQ(co_await tests::error_of(stream.drain()), EPIPE);

#include <system_error>
#include <utility>

#include <aio/coro.hpp>

namespace tests {

/// The code of the std::system_error that an awaitable throws; 0 when it throws none.
template <class Awaitable>
aio::Coro<int> error_of(Awaitable awaitable) {
  try {
    co_await std::move(awaitable);
  } catch (const std::system_error& error) {
    co_return error.code().value();
  }
  co_return 0;
}

}  // namespace tests
