// Name: Nobody is told to go on
// Says: your read() waits for a body that waits for `100 Continue`
// Caught-by: Step1_Continue.IsSaidToWhoWaitsForItWhenTheBodyIsRead

//: 13.1
inline aio::Coro<std::string> Connection::read() {
  std::string piece;
  while (piece.empty() && !body_done()) {
    if (!has_input()) put_input(co_await channel_.read());
    has_input() ? parse(piece) : end_of_input();
  }
  co_return piece;
}
