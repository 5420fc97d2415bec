// Name: The lease keeps its turn
// Says: your aclose() gives the connection back, and the permit only when the Lease is destroyed
// Caught-by: Use15d_Pool.WhatIsGivenBackIsFreeAtOnce

//: use-15d
aio::Coro<> Lease::aclose() {
  if (clean_) {
    pool_->idle_.push_back(std::move(stream_));
    co_return;
  }
  stream_.abort();
  co_await stream_.wait_closed();
}
