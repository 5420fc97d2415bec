// fix-12b: between a fast stream and a slow one.

#include <cstddef>
#include <string>

#include <aio/coro.hpp>
#include <aio/stream.hpp>

#include "relay.hpp"

//: fix-12b now
aio::Coro<std::size_t> forward(aio::Stream& from, aio::Stream& to) {
  std::size_t count = 0;
  while (true) {
    const std::string bytes = co_await from.read();
    if (bytes.empty()) break;
    to.write(bytes);
    count += bytes.size();
    co_await to.drain();
  }
  to.write_eof();
  co_return count;
}
//: fix-12b was
// aio::Coro<std::size_t> forward(aio::Stream& from, aio::Stream& to) {
//   std::size_t count = 0;
//   while (true) {
//     const std::string bytes = co_await from.read();
//     if (bytes.empty()) break;
//     to.write(bytes);
//     count += bytes.size();
//   }
//   to.write_eof();
//   co_return count;
// }
//: fix-12b end
