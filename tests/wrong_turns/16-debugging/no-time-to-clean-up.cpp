// Name: No time to clean up
// Says: your server does not wait for the handlers that it has cancelled
// Caught-by: Step5_Ending.GivesTheCancelledTimeToCleanUp

//: 16.5
inline Coro<std::vector<std::string>> Server::shutdown(Ref<detail::ServerState> state,
                                                       Delay grace) {
  state->accept_all();
  state->close();
  try {
    co_await finish(state, grace);
  } catch (const CancelledError&) {
    cut(*state);
    throw;
  }
  co_return cut(*state);
}
