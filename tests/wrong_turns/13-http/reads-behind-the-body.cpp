// Name: Reads behind the body
// Says: your read() waits for bytes although the body has ended
// Caught-by: Step1_Body.ThatWasReadIsNotWaitedFor

//: 13.1
inline aio::Coro<std::string> Connection::read() {
  std::string piece;
  if (expects_continue_ && !body_done()) send_continue();
  do {
    if (!has_input()) put_input(co_await channel_.read());
    has_input() ? parse(piece) : end_of_input();
  } while (piece.empty() && !body_done());
  co_return piece;
}
