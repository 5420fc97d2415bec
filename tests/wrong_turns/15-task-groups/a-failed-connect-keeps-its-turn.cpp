// Name: A failed connect keeps its turn
// Says: your pool never gives the permit back when it cannot connect
// Caught-by: Use15d_Pool.AFailedConnectGivesItsTurnBack

//: use-15d
aio::Coro<Lease> Pool::lend() {
  co_await permits_.acquire();
  if (!idle_.empty()) {
    aio::Stream stream = std::move(idle_.back());
    idle_.pop_back();
    co_return Lease(*this, aio::Semaphore::Guard(permits_), std::move(stream));
  }
  aio::Stream stream = co_await aio::open_unix_connection(path_);
  co_return Lease(*this, aio::Semaphore::Guard(permits_), std::move(stream));
}
