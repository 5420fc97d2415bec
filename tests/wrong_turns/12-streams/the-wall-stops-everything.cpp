// Name: Catching FatalError at the handler
// Says: what should end the program ends one connection, and is reported
// Caught-by: Step7_Accept.AFatalErrorIsNotForTheServer

//: 12.7
inline Coro<> ServerState::handle(Ref<ServerState> server, Stream stream) {
  const Serving here(server->handlers);
  const Ref<StreamState> state(&stream.state());
  try {
    co_await server->handler_(std::move(stream));
  } catch (const CancelledError&) {
    state->close();
    throw;
  } catch (...) {
    state->close();
    server->report("the handler of a connection failed", std::current_exception());
  }
}
