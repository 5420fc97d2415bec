#pragma once
// Turns of the loop, for tests in which something has to happen that takes no time.

#include <chrono>

#include <aio/coro.hpp>
#include <aio/task.hpp>

namespace tests {

/// Gives way `count` times: who is ready has had that many turns. Ten are enough for what a
/// Unix-domain socket has been given to arrive, and for everybody to have gone on with it.
inline aio::Coro<> iterations(int count = 10) {
  for (int i = 0; i < count; ++i) co_await aio::sleep(std::chrono::seconds(0));
}

}  // namespace tests
