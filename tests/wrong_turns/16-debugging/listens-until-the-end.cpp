// Name: Listens until the end
// Says: your server accepts new clients while it is shut down
// Caught-by: Step5_Ending.AcceptsNobodyMeanwhile

//: 16.5
inline Coro<std::vector<std::string>> Server::shutdown(Ref<detail::ServerState> state,
                                                       Delay grace) {
  try {
    const detail::Grace time(*state->loop(), grace,
                             [&server = *state] { wake_all(server.handlers.waiting); });
    while (!state->handlers.none() && !time.is_over()) {
      co_await detail::Parked("the handlers of a server", state->handlers.waiting);
    }
  } catch (const CancelledError&) {
    cut(*state);
    throw;
  }
  state->accept_all();
  state->close();
  std::vector<std::string> unfinished = cut(*state);
  co_await finish(state, state->grace());
  co_return unfinished;
}
