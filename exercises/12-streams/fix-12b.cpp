// Exercise fix-12b. Check it with: ./learn check fix-12b
// fix-12b: between a fast stream and a slow one.

#include <cstddef>
#include <string>

#include <aio/coro.hpp>
#include <aio/stream.hpp>

#include "relay.hpp"

aio::Coro<std::size_t> forward(aio::Stream& from, aio::Stream& to) {
  std::size_t count = 0;
  while (true) {
    const std::string bytes = co_await from.read();
    if (bytes.empty()) break;
    to.write(bytes);
    count += bytes.size();
  }
  to.write_eof();
  co_return count;
}
