// Name: The connection that was idle for longest
// Says: your pool lends the connection that has been idle for longest, not the one used last
// Caught-by: Use12d_Pool.TheOneUsedLastIsLentFirst

//: use-12d
aio::Coro<aio::Stream> Pool::take() {
  while (!idle_.empty()) {
    aio::Stream oldest = std::move(idle_.front());
    idle_.erase(idle_.begin());
    if (is_clean(oldest)) co_return std::move(oldest);
  }
  co_return co_await aio::open_connection(host_, port_);
}
