// Name: Vanishing is a goodbye
// Says: your receive() does not tell a connection that was lost from one that was closed
// Caught-by: Step7_End.WithoutAWordIsAnError

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
  co_return std::nullopt;
}
