// Name: An unread body ends it
// Says: your finish_request() closes a connection for a few bytes that no handler wanted
// Caught-by: Step3_Rest.OfABodyIsReadAway

//: 13.3
inline aio::Coro<> Visit::finish_request() {
  std::size_t discarded = 0;
  if (connection_.expects_continue()) connection_.will_close();
  try {
    while (connection_.keeps_open() && !connection_.body_done() && discarded < 0) {
      discarded += (co_await read_body()).size();
    }
  } catch (const ProtocolError&) {
    connection_.will_close();
  } catch (const aio::IncompleteReadError&) {
    connection_.will_close();
  }
  if (!connection_.reusable()) ending_ = Ending::close;
}
