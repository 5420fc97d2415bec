// Name: A broken connection taken for a fault
// Says: in your room a connection that breaks is reported as a failure of the server
// Caught-by: Use12c_Chat.WhoDiesHasLeft

//: use-12c
aio::Coro<> ChatRoom::serve(aio::Stream stream) {
  std::optional<std::string> name = co_await stream.next_line();
  if (!name || !name->ends_with('\n')) co_return;
  name->pop_back();
  Seat seat(*this, std::move(*name), stream);
  co_await listen_to(seat.member());
}
