// Name: Every loan connects
// Says: your pool makes a connection for each loan, although one lies idle
// Caught-by: Use15d_Pool.ACleanConnectionIsUsedAgain

//: use-15d
aio::Coro<Lease> Pool::lend() {
  aio::Semaphore::Guard turn = co_await permits_.scoped();
  aio::Stream stream = co_await aio::open_unix_connection(path_);
  co_return Lease(*this, std::move(turn), std::move(stream));
}
