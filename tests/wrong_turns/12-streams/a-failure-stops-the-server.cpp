// Name: One bad request, and the server is closed
// Says: a handler's failure stops your server
// Caught-by: Step7_Accept.AHandlerThatFailsEndsOnlyItsConnection

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
    server->close();
    state->close();
    server->report("the handler of a connection failed", std::current_exception());
  }
}
