// Name: Keeps whatever comes
// Says: your put() keeps a connection that is not clean
// Caught-by: Step4_Keep.OneWithABodyLeftIsClosed, Step4_Keep.OneThatTheServerClosesIsClosed,
//   Step4_Keep.OneWithBytesThatNobodyAskedForIsClosed

//: 13.4
inline void Pool::put(Slot slot, std::unique_ptr<PooledConnection> connection,
                      aio::Clock::time_point until) {
  if (closed_) return;
  connection->rest();
  idle_.push_back({std::move(connection), slot.host_, until});
  idle_.back().connection->set_idle(*this, std::prev(idle_.end()));
  ++slot.host_->idle;
  arm();
}
