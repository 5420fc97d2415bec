// Name: A connection that the server has closed
// Says: your pool lends a connection that has ended while it was idle
// Caught-by: Use12d_Pool.OneThatEndsWhileItIsIdleIsNotLent

//: use-12d
aio::Coro<aio::Stream> Pool::take() {
  while (!idle_.empty()) {
    aio::Stream stream = std::move(idle_.back());
    idle_.pop_back();
    co_return stream;
  }
  co_return co_await aio::open_connection(host_, port_);
}
