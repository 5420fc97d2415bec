// Name: One look is enough
// Says: your take() gives up when the first connection that it looks at is not quiet
// Caught-by: Step4_Take.LooksAtOneAfterTheOther

//: 13.4
inline std::unique_ptr<PooledConnection> Pool::take(const Slot& slot) {
  for (auto place = idle_.end(); place != idle_.begin();) {
    const auto at = std::prev(place);
    if (at->host != slot.host_) {
      place = at;
      continue;
    }
    std::unique_ptr<PooledConnection> connection = remove(at);
    return connection->is_quiet() ? std::move(connection) : nullptr;
  }
  return nullptr;
}
