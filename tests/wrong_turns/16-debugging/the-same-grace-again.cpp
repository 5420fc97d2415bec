// Name: The same grace again
// Says: your server gives cancelled handlers the caller's grace, not that of the options
// Caught-by: Step5_Ending.WaitsNoLongerThanTheOptionsSay

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
  std::vector<std::string> unfinished = cut(*state);
  co_await finish(state, grace);
  co_return unfinished;
}
