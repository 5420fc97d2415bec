// Name: Tells at the end
// Says: your download() tells only when all has come
// Caught-by: Use13e_Download.TellsHowFarItIs

//: use-13e
aio::Coro<> attempt(http::Client& client, const std::string& url, Download& into,
                    const Tell& tell) {
  http::ClientResponse response = co_await client.open("GET", url, rest_of(into));
  begin(response, into);
  const std::optional<std::uint64_t> total = total_of(response, into);
  while (true) {
    const std::string piece = co_await response.read();
    if (piece.empty()) break;
    into.bytes += piece;
  }
  tell(into.bytes.size(), total);
}
