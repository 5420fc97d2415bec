// Name: A dirty connection goes back
// Says: your pool lends a connection whose last answer nobody has read
// Caught-by: Use15d_Pool.AConnectionLeftInTheMiddleIsClosed

//: use-15d
aio::Coro<> Lease::aclose() {
  const aio::Semaphore::Guard turn = std::move(turn_);
  pool_->idle_.push_back(std::move(stream_));
  co_return;
}
