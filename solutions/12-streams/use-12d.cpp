// use-12d: connections that are lent, and lent again.

#include <utility>

#include <aio/connect.hpp>
#include <aio/coro.hpp>
#include <aio/semaphore.hpp>
#include <aio/stream.hpp>

#include "pool.hpp"

//: use-12d one that is still good, or a new one
aio::Coro<aio::Stream> Pool::take() {
  while (!idle_.empty()) {
    aio::Stream stream = std::move(idle_.back());
    idle_.pop_back();
    if (is_clean(stream)) co_return stream;
  }
  co_return co_await aio::open_connection(host_, port_);
}

//: use-12d lend it, and whatever happens, take it back or let it go
aio::Coro<> Pool::with(Work work) {
  const auto permit = co_await permits_.scoped();
  aio::Stream stream = co_await take();
  co_await work(stream);
  if (is_clean(stream)) idle_.push_back(std::move(stream));
}
