// Name: Handlers are not waited for
// Says: your server waits for connections alone; a handler may have closed its own
// Caught-by: Step5_Ending.WaitsForAHandlerWhoseConnectionHasGone

//: 16.5
inline Coro<> Server::finish(Ref<detail::ServerState> state, Delay grace) {
  const detail::Grace time(*state->loop(), grace, [&server = *state] {
    wake_all(server.waiting);
    wake_all(server.handlers.waiting);
  });
  while (!state->all_gone() && !time.is_over()) {
    co_await detail::Parked("the connections of a server", state->waiting);
  }
}
