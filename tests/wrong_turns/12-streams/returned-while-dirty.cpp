// Name: A connection that holds an old answer
// Says: your pool lends a connection again although an old answer is on it
// From: redis-py, March 2023: a cancelled request left its answer to the next one
// Caught-by: Use12d_Pool.WhoLeavesAnAnswerUnreadDoesNotGiveItBack

//: use-12d
aio::Coro<aio::Stream> Pool::take() {
  while (!idle_.empty()) {
    aio::Stream stream = std::move(idle_.back());
    idle_.pop_back();
    if (!stream.is_closing()) co_return stream;
  }
  co_return co_await aio::open_connection(host_, port_);
}

//: use-12d
aio::Coro<> Pool::with(Work work) {
  const auto permit = co_await permits_.scoped();
  aio::Stream stream = co_await take();
  co_await work(stream);
  idle_.push_back(std::move(stream));
}
