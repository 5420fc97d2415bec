// Name: Half a name
// Says: your room greets whoever is cut off in the middle of their name, by the half that came
// Caught-by: Use12c_Chat.WhoHasNoNameWasNeverHere

//: use-12c
aio::Coro<> ChatRoom::serve(aio::Stream stream) {
  try {
    std::optional<std::string> name = co_await stream.next_line();
    if (!name) co_return;
    if (name->ends_with('\n')) name->pop_back();
    Seat seat(*this, std::move(*name), stream);
    co_await listen_to(seat.member());
  } catch (const std::system_error&) {
  }
}
