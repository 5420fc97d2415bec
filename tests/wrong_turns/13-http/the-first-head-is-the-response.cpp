// Name: The first head is the response
// Says: your read_response() takes an interim response for the one
// Caught-by: Step1_Response.StandsBehindThoseThatAreInterim

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
  } while (false);
  const detail::Framing& framing = work_->parser.framing();
  const bool until_close = !body_done() && !framing.chunked && !framing.length;
  if (until_close || !keeps_alive(into.headers, into.minor)) keep_alive_ = false;
}
