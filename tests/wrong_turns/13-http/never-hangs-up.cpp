// Name: Never hangs up
// Says: your receive() leaves the connection open when both sides have said goodbye
// Caught-by: Step7_End.IsToldByTheOtherSide

//: 13.7
inline aio::Coro<std::optional<WebSocketMessage>> WebSocket::receive() {
  while (true) {
    if (std::optional<WebSocketMessage> message = frames_.next()) co_return message;
    if (frames_.over() || cut_) break;
    co_await read_some();
  }
  if (silent_) throw WebSocketError(1006, "the other side has not answered a Ping");
  if (frames_.failure() != 0) throw WebSocketError(frames_.failure());
  if (!frames_.close_received()) throw WebSocketError(1006, "the connection ended without a Close");
  co_return std::nullopt;
}
