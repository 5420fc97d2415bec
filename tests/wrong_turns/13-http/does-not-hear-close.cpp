// Name: Does not hear close
// Says: your ask() keeps a connection that the server is about to close
// Caught-by: Fix13b_Asker.LetsGoOfAConnectionThatTheServerCloses

//: fix-13b
aio::Coro<std::string> Asker::ask(std::string target) {
  std::optional<aio::Stream> stream = std::exchange(kept_, std::nullopt);
  if (!stream) stream = co_await connect_();
  const Head head = co_await question(*stream, std::move(target));
  std::string body = co_await stream->read_exactly(head.length);
  kept_ = std::move(stream);
  co_return body;
}
