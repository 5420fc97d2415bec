// Name: A body without an end stays open
// Says: your read_response() keeps a connection whose end is the end of the body
// Caught-by: Step1_Body.MayEndWithTheConnection

//: 13.1
inline aio::Coro<> Connection::read_response(Response& into, std::string method) {
  do {
    begin(into, std::string_view(method));
    std::string none;
    while (!work_->parser.has_head()) {
      if (!has_input()) put_input(co_await channel_.read());
      if (!has_input()) throw aio::IncompleteReadError("", std::nullopt);
      parse(none);
    }
  } while (into.status < 200 && into.status != 101);
  if (!keeps_alive(into.headers, into.minor)) keep_alive_ = false;
}
