// Name: Handlers that are not told to stop
// Says: your handle() does not say that it is there: a server that is stopped cannot tell its
//   handlers, and cuts them off when its patience is over
// Caught-by: Step7_Accept.HandlersHearThatTheServerStops

//: 12.7
inline Coro<> ServerState::handle(Ref<ServerState> server, Stream stream) {
  const Ref<StreamState> state(&stream.state());
  try {
    co_await server->handler_(std::move(stream));
  } catch (const CancelledError&) {
    state->close();
    throw;
  } catch (const FatalError&) {
    throw;
  } catch (...) {
    state->close();
    server->report("the handler of a connection failed", std::current_exception());
  }
}
