// Name: A goodbye is a failure
// Says: your receive() throws when the other side has closed as it should
// Caught-by: Step7_End.IsToldByTheOtherSide

//: 13.7
inline aio::Coro<std::optional<WebSocketMessage>> WebSocket::receive() {
  while (true) {
    if (std::optional<WebSocketMessage> message = frames_.next()) co_return message;
    if (frames_.over() || cut_) break;
    co_await read_some();
  }
  co_await hang_up();
  if (silent_) throw WebSocketError(1006, "the other side has not answered a Ping");
  if (frames_.failure() != 0) throw WebSocketError(frames_.failure());
  throw WebSocketError(1006, "the connection ended without a Close");
}
