// Name: Told after it was cancelled
// Says: your server tells what its handlers waited for when they no longer do
// Caught-by: Step5_Ending.CancelsWhatIsLeftAfterTheGrace

//: 16.5
inline std::vector<std::string> Server::cut(detail::ServerState& state) {
  const std::size_t count = state.handlers.describe().size();
  state.handlers.cancel();
  state.abort_all();
  return std::vector<std::string>(count, "a handler");
}
