// W10: the headline of all tutorials.

#include <chrono>
#include <utility>
#include <vector>

#include <aio/connect.hpp>
#include <aio/gather.hpp>
#include <aio/stream.hpp>
#include <aio/task.hpp>

#include "harness/slow.hpp"

#include "aio_works/works.hpp"

using peers::Done;

namespace {

aio::Coro<> ask(std::uint16_t port) {
  aio::Stream stream = co_await aio::open_connection("127.0.0.1", port);
  co_await stream.write_all("?");
  co_await stream.read_exactly(1);
}

aio::Coro<> ask_all(long size, std::uint16_t port) {
  std::vector<aio::Coro<>> all;
  for (long i = 0; i < size; ++i) all.push_back(ask(port));
  co_await aio::gather(std::move(all));
}

Done requests(long size, long) {
  return peers::request_slowly([size](std::uint16_t port) { aio::run(ask_all(size, port)); });
}

aio::Coro<> wait_half_a_second() { co_await aio::sleep(peers::slow); }

aio::Coro<> wait_all(long size) {
  std::vector<aio::Coro<>> all;
  for (long i = 0; i < size; ++i) all.push_back(wait_half_a_second());
  co_await aio::gather(std::move(all));
}

Done waits(long size, long) {
  return peers::took([size] { aio::run(wait_all(size)); });
}

}  // namespace

namespace peers::works {

std::vector<Work> slow() {
  return {{"W10.requests", requests, false}, {"W10.waits", waits, false}};
}

}  // namespace peers::works
