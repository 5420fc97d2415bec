// Name: Kept for ever
// Says: your put() sets no timer for the connections that nobody uses
// Caught-by: Step4_Keep.OneIsKeptOnlySoLong

//: 13.4
inline void Pool::put(Slot slot, std::unique_ptr<PooledConnection> connection,
                      aio::Clock::time_point until) {
  if (closed_ || !connection->is_clean()) return;
  connection->rest();
  idle_.push_back({std::move(connection), slot.host_, until});
  idle_.back().connection->set_idle(*this, std::prev(idle_.end()));
  ++slot.host_->idle;
}
