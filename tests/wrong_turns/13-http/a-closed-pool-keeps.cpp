// Name: A closed pool keeps
// Says: your put() keeps a connection after the pool was closed
// Caught-by: Step4_Keep.NoneIsKeptByAPoolThatIsClosed

//: 13.4
inline void Pool::put(Slot slot, std::unique_ptr<PooledConnection> connection,
                      aio::Clock::time_point until) {
  if (!connection->is_clean()) return;
  connection->rest();
  idle_.push_back({std::move(connection), slot.host_, until});
  idle_.back().connection->set_idle(*this, std::prev(idle_.end()));
  ++slot.host_->idle;
  arm();
}
