// Name: Keeps nothing
// Says: your Asker makes a connection for each question
// Caught-by: Fix13b_Asker.KeepsAConnectionThatIsClean

//: fix-13b
aio::Coro<std::string> Asker::ask(std::string target) {
  std::optional<aio::Stream> stream = std::exchange(kept_, std::nullopt);
  if (!stream) stream = co_await connect_();
  const Head head = co_await question(*stream, std::move(target));
  std::string body = co_await stream->read_exactly(head.length);
  co_return body;
}

//: fix-13b
aio::Coro<bool> Asker::exists(std::string target) {
  std::optional<aio::Stream> stream = std::exchange(kept_, std::nullopt);
  if (!stream) stream = co_await connect_();
  const Head head = co_await question(*stream, std::move(target));
  co_return head.status < 400;
}
