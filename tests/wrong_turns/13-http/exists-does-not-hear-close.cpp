// Name: exists() does not hear close
// Says: your exists() keeps a connection that the server is about to close
// Caught-by: Fix13b_Asker.LetsGoOfAConnectionThatTheServerCloses

//: fix-13b
aio::Coro<bool> Asker::exists(std::string target) {
  std::optional<aio::Stream> stream = std::exchange(kept_, std::nullopt);
  if (!stream) stream = co_await connect_();
  const Head head = co_await question(*stream, std::move(target));
  if (head.length == 0) kept_ = std::move(stream);
  co_return head.status < 400;
}
