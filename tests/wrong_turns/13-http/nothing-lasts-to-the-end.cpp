// Name: Nothing lasts to the end
// Says: your read_response() closes after every response without a length, also after one that has
//   no body
// Caught-by: Step1_Body.OfNothingNeedsNoLength

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
  const detail::Framing& framing = work_->parser.framing();
  const bool until_close = !framing.chunked && !framing.length;
  if (until_close || !keeps_alive(into.headers, into.minor)) keep_alive_ = false;
}
