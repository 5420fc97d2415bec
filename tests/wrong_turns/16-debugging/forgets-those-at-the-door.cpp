// Name: Forgets those at the door
// Says: your server closes while the kernel has connections that nobody has accepted
// Caught-by: Step5_Ending.ServesThoseWhoAreConnectedAlready

//: 16.5
inline Coro<std::vector<std::string>> Server::shutdown(Ref<detail::ServerState> state,
                                                       Delay grace) {
  state->close();
  try {
    co_await finish(state, grace);
  } catch (const CancelledError&) {
    cut(*state);
    throw;
  }
  std::vector<std::string> unfinished = cut(*state);
  co_await finish(state, state->grace());
  co_return unfinished;
}
