// Name: The rest is always right
// Says: your finish_request() lets the ProtocolError of a body that no handler wanted through
// Caught-by: Step3_Rest.OfABodyMayBreakTheProtocol

//: 13.3
inline aio::Coro<> Visit::finish_request() {
  std::size_t discarded = 0;
  if (connection_.expects_continue()) connection_.will_close();
  while (connection_.keeps_open() && !connection_.body_done() &&
         discarded < core_.options.discard) {
    discarded += (co_await read_body()).size();
  }
  if (!connection_.reusable()) ending_ = Ending::close;
}
