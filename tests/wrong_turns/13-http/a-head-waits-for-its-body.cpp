// Name: A head waits for its body
// Says: your read_request() reads on when the head has come: into the body
// Caught-by: Step1_Body.EndsWhereItsLengthSays

//: 13.1
inline aio::Coro<bool> Connection::read_request(Request& into) {
  begin(into);
  std::string none;
  while (!work_->parser.done()) {
    if (!has_input()) put_input(co_await channel_.read());
    if (has_input()) {
      parse(none);
    } else if (work_->parser.started()) {
      throw aio::IncompleteReadError("", std::nullopt);
    } else {
      reading_ = false;
      co_return false;
    }
  }
  peer_minor_ = into.minor;
  if (!keeps_alive(into.headers, into.minor)) keep_alive_ = false;
  expects_continue_ =
      into.minor >= 1 && !body_done() && into.headers.has_token("Expect", "100-continue");
  co_return true;
}
