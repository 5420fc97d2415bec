// Name: Close is not obeyed
// Says: your finish_request() goes on although one of the sides has said that it closes
// Caught-by: Step3_End.IsObeyedWhenTheClientWantsIt

//: 13.3
inline aio::Coro<> Visit::finish_request() {
  std::size_t discarded = 0;
  if (connection_.expects_continue()) connection_.will_close();
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
}
