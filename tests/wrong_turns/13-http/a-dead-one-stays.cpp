// Name: A dead one stays
// Says: your put() does not tell a connection where it stands: set_idle()
// Caught-by: Step4_Keep.OneThatTheServerEndsMeanwhileIsForgotten

//: 13.4
inline void Pool::put(Slot slot, std::unique_ptr<PooledConnection> connection,
                      aio::Clock::time_point until) {
  if (closed_ || !connection->is_clean()) return;
  connection->rest();
  idle_.push_back({std::move(connection), slot.host_, until});
  ++slot.host_->idle;
  arm();
}
