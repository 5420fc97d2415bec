// Name: Rests with its parser
// Says: your put() lets an idle connection keep its parser and its buffers
// Caught-by: Step4_Keep.OneThatRestsNeedsNoParser

//: 13.4
inline void Pool::put(Slot slot, std::unique_ptr<PooledConnection> connection,
                      aio::Clock::time_point until) {
  if (closed_ || !connection->is_clean()) return;
  idle_.push_back({std::move(connection), slot.host_, until});
  idle_.back().connection->set_idle(*this, std::prev(idle_.end()));
  ++slot.host_->idle;
  arm();
}
