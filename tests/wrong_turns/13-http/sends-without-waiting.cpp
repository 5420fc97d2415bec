// Name: Sends without waiting
// Says: your post() does not wait for room: a client that is slow fills the memory
// Caught-by: Step7_Send.WaitsForRoom

//: 13.7
inline aio::Coro<> WebSocket::post(std::string data, bool is_text) {
  if (is_closing() || frames_.close_received()) throw WebSocketClosed();
  frames_.send(data, is_text);
  flush();
  co_return;
}
