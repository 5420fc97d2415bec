// Name: A cancelled caller waits on
// Says: your shutdown() takes a request to stop for the end of the grace, and waits on
// Caught-by: Step5_Ending.ACancelledCallerWaitsForNobody

//: 16.5
inline Coro<std::vector<std::string>> Server::shutdown(Ref<detail::ServerState> state,
                                                       Delay grace) {
  state->accept_all();
  state->close();
  try {
    co_await finish(state, grace);
  } catch (const CancelledError&) {
  }
  std::vector<std::string> unfinished = cut(*state);
  co_await finish(state, state->grace());
  co_return unfinished;
}
