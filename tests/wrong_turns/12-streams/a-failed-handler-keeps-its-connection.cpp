// Name: A connection that outlives its handler
// Says: your server leaves the connection of a handler that failed open
// Caught-by: Step7_Accept.AHandlerMayFailWithTheStreamElsewhere

//: 12.7
inline Coro<> ServerState::handle(Ref<ServerState> server, Stream stream) {
  const Serving here(server->handlers);
  const Ref<StreamState> state(&stream.state());
  try {
    co_await server->handler_(std::move(stream));
  } catch (const CancelledError&) {
    state->close();
    throw;
  } catch (const FatalError&) {
    throw;
  } catch (...) {
    server->report("the handler of a connection failed", std::current_exception());
  }
}
