// Name: A polite end
// Says: your server sends what is left when the grace is over, to a client that takes nothing
// Caught-by: Step5_Ending.CutsAClientThatTakesNothing

//: 16.5
inline std::vector<std::string> Server::cut(detail::ServerState& state) {
  std::vector<std::string> unfinished = state.handlers.describe();
  state.handlers.cancel();
  state.for_each_connection([](detail::StreamState& stream) { stream.close(); });
  return unfinished;
}
