// Name: The oldest first
// Says: your take() gives out the connection that was idle for longest
// Caught-by: Step4_Take.GivesTheOneThatWasUsedLast

//: 13.4
inline std::unique_ptr<PooledConnection> Pool::take(const Slot& slot) {
  for (auto place = idle_.begin(); place != idle_.end();) {
    const auto at = place++;
    if (at->host != slot.host_) continue;
    std::unique_ptr<PooledConnection> connection = remove(at);
    if (connection->is_quiet()) return connection;
  }
  return nullptr;
}
