// use-15d: a pool of connections. A permit for each that may be lent, and a list of those that lie
// idle.

#include <cstddef>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <aio/connect.hpp>
#include <aio/coro.hpp>
#include <aio/stream.hpp>

#include "pool.hpp"

Pool::Pool(std::string path, std::size_t most)
    : path_(std::move(path)), permits_(static_cast<long>(most)) {}

//: use-15d wait for a permit, then take a connection that lies idle, or make one
aio::Coro<Lease> Pool::lend() {
  aio::Semaphore::Guard turn = co_await permits_.scoped();
  if (!idle_.empty()) {
    aio::Stream stream = std::move(idle_.back());
    idle_.pop_back();
    co_return Lease(*this, std::move(turn), std::move(stream));
  }
  aio::Stream stream = co_await aio::open_unix_connection(path_);
  co_return Lease(*this, std::move(turn), std::move(stream));
}

//: use-15d keep it if it is clean, close it otherwise; whatever happens, the permit is free then
aio::Coro<> Lease::aclose() {
  const aio::Semaphore::Guard turn = std::move(turn_);
  if (clean_) {
    pool_->idle_.push_back(std::move(stream_));
    co_return;
  }
  stream_.abort();
  co_await stream_.wait_closed();
}

//: use-15d close all of them, then wait for each
aio::Coro<> Pool::aclose() {
  std::vector<aio::Stream> closing = std::move(idle_);
  idle_.clear();
  for (aio::Stream& stream : closing) stream.close();
  for (aio::Stream& stream : closing) {
    try {
      co_await stream.wait_closed();
    } catch (const std::system_error&) {  // it had broken before
    }
  }
}
