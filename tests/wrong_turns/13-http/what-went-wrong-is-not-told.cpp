// Name: What went wrong is not told
// Says: your receive() does not say what the other side did wrong
// Caught-by: Step7_End.IsExplainedToWhoBrokeTheProtocol

//: 13.7
inline aio::Coro<std::optional<WebSocketMessage>> WebSocket::receive() {
  while (true) {
    if (std::optional<WebSocketMessage> message = frames_.next()) co_return message;
    if (frames_.over() || cut_) break;
    co_await read_some();
  }
  co_await hang_up();
  if (silent_) throw WebSocketError(1006, "the other side has not answered a Ping");
  if (!frames_.close_received()) throw WebSocketError(1006, "the connection ended without a Close");
  co_return std::nullopt;
}
