// Name: Cuts at once
// Says: your server cancels its handlers as soon as it is shut down
// Caught-by: Step5_Ending.LetsHandlersFinish

//: 16.5
inline Coro<std::vector<std::string>> Server::shutdown(Ref<detail::ServerState> state,
                                                       Delay grace) {
  state->accept_all();
  state->close();
  std::vector<std::string> unfinished = cut(*state);
  co_await finish(state, state->grace());
  co_return unfinished;
}
