// Name: No bytes are the end
// Says: your read() returns an empty piece before the body has ended
// Caught-by: Step1_Body.ComesInChunksInAnyPieces

//: 13.1
inline aio::Coro<std::string> Connection::read() {
  std::string piece;
  if (expects_continue_ && !body_done()) send_continue();
  if (!body_done()) {
    if (!has_input()) put_input(co_await channel_.read());
    has_input() ? parse(piece) : end_of_input();
  }
  co_return piece;
}
