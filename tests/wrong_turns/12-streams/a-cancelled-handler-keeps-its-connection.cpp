// Name: Closing nothing when the handler is cancelled
// Says: a handler that is cancelled leaves its connection open, if somebody else has its stream
// Caught-by: Step7_Accept.AHandlerThatIsCancelledEndsItsConnection

//: 12.7
inline Coro<> ServerState::handle(Ref<ServerState> server, Stream stream) {
  const Serving here(server->handlers);
  const Ref<StreamState> state(&stream.state());
  try {
    co_await server->handler_(std::move(stream));
  } catch (const CancelledError&) {
    throw;
  } catch (const FatalError&) {
    throw;
  } catch (...) {
    state->close();
    server->report("the handler of a connection failed", std::current_exception());
  }
}
