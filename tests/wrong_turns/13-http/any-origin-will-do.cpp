// Name: Any origin will do
// Says: your take() gives out a connection to another origin
// Caught-by: Step4_Take.GivesOneToThatOrigin

//: 13.4
inline std::unique_ptr<PooledConnection> Pool::take(const Slot& slot) {
  for (auto place = idle_.end(); place != idle_.begin();) {
    const auto at = std::prev(place);
    std::unique_ptr<PooledConnection> connection = remove(at);
    if (connection->is_quiet()) return connection;
  }
  return nullptr;
}
