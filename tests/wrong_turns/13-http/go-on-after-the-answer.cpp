// Name: Go on, after the answer
// Says: your finish_request() tells the client to send a body when the request has its answer
//   already
// Caught-by: Step3_Rest.OfABodyIsNotAskedForAfterTheAnswer

//: 13.3
inline aio::Coro<> Visit::finish_request() {
  std::size_t discarded = 0;
  try {
    while (connection_.keeps_open() && !connection_.body_done() &&
           discarded < core_.options.discard) {
      discarded += (co_await read_body()).size();
    }
  } catch (const ProtocolError&) {
    connection_.will_close();
  } catch (const aio::IncompleteReadError&) {
    connection_.will_close();
  }
  if (!connection_.reusable()) ending_ = Ending::close;
}
