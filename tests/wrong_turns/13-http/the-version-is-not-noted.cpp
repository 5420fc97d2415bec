// Name: The version is not noted
// Says: your read_request() does not set peer_minor_
// Caught-by: Step1_Head.SaysWhichVersionTheOtherSideSpeaks

//: 13.1
inline aio::Coro<bool> Connection::read_request(Request& into) {
  begin(into);
  std::string none;
  while (!work_->parser.has_head()) {
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
  if (!keeps_alive(into.headers, into.minor)) keep_alive_ = false;
  expects_continue_ =
      into.minor >= 1 && !body_done() && into.headers.has_token("Expect", "100-continue");
  co_return true;
}
