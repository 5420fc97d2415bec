// Name: Does not look
// Says: your take() gives out a connection without looking whether something has come
// Caught-by: Step4_Take.LooksBeforeItGivesOneOut

//: 13.4
inline std::unique_ptr<PooledConnection> Pool::take(const Slot& slot) {
  for (auto place = idle_.end(); place != idle_.begin();) {
    const auto at = std::prev(place);
    if (at->host != slot.host_) {
      place = at;
      continue;
    }
    std::unique_ptr<PooledConnection> connection = remove(at);
    return connection;
  }
  return nullptr;
}
