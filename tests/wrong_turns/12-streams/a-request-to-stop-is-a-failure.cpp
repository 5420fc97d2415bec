// Name: A request to stop, reported
// Says: your server reports a handler that was cancelled, as if it had failed
// Caught-by: Step7_Accept.AHandlerThatIsCancelledHasNotFailed

//: 12.7
inline Coro<> ServerState::handle(Ref<ServerState> server, Stream stream) {
  const Serving here(server->handlers);
  const Ref<StreamState> state(&stream.state());
  try {
    co_await server->handler_(std::move(stream));
  } catch (const FatalError&) {
    throw;
  } catch (...) {
    state->close();
    server->report("the handler of a connection failed", std::current_exception());
  }
}
