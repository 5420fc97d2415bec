// Name: Speaks after the goodbye
// Says: your post() sends although one of the sides has closed
// Caught-by: Step7_End.IsToldByTheOtherSide

//: 13.7
inline aio::Coro<> WebSocket::post(std::string data, bool is_text) {
  frames_.send(data, is_text);
  flush();
  co_await channel_.drain();
}
