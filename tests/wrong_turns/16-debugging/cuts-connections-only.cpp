// Name: Cuts connections only
// Says: your server aborts connections, and the handlers that do not use them go on
// Caught-by: Step5_Ending.CancelsWhatIsLeftAfterTheGrace

//: 16.5
inline std::vector<std::string> Server::cut(detail::ServerState& state) {
  std::vector<std::string> unfinished = state.handlers.describe();
  state.abort_all();
  return unfinished;
}
