// Name: A body that is there is awaited
// Says: your read() reads from the channel although the body has come along with the head
// Caught-by: Step1_Body.MayHaveComeAlongWithItsHead

//: 13.1
inline aio::Coro<std::string> Connection::read() {
  std::string piece;
  if (expects_continue_ && !body_done()) send_continue();
  while (piece.empty() && !body_done()) {
    put_input(co_await channel_.read());
    has_input() ? parse(piece) : end_of_input();
  }
  co_return piece;
}
