// Name: Connections are not waited for
// Says: your server waits for handlers alone; a connection may outlive its own
// Caught-by: Step5_Ending.WaitsForAConnectionWhoseHandlerHasGone

//: 16.5
inline Coro<> Server::finish(Ref<detail::ServerState> state, Delay grace) {
  const detail::Grace time(*state->loop(), grace, [&server = *state] {
    wake_all(server.waiting);
    wake_all(server.handlers.waiting);
  });
  while (!state->handlers.none() && !time.is_over()) {
    co_await detail::Parked("the handlers of a server", state->handlers.waiting);
  }
}
