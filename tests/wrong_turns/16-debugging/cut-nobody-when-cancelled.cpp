// Name: Cuts nobody when it is cancelled
// Says: your shutdown() leaves its handlers at work when it is cancelled
// Caught-by: Step5_Ending.ACancelledCallerWaitsForNobody

//: 16.5
inline Coro<std::vector<std::string>> Server::shutdown(Ref<detail::ServerState> state,
                                                       Delay grace) {
  state->accept_all();
  state->close();
  co_await finish(state, grace);
  std::vector<std::string> unfinished = cut(*state);
  co_await finish(state, state->grace());
  co_return unfinished;
}
