// Name: Kept before it was read
// Says: your ask() gives its connection back when the head has come, and then reads the body
// Caught-by: Fix13b_Asker.LetsGoOfAnAnswerThatWasHalfRead

//: fix-13b
aio::Coro<std::string> Asker::ask(std::string target) {
  std::optional<aio::Stream> stream = std::exchange(kept_, std::nullopt);
  if (!stream) stream = co_await connect_();
  const Head head = co_await question(*stream, std::move(target));
  aio::Stream& reads = head.closes ? *stream : kept_.emplace(*std::move(stream));
  std::string body = co_await reads.read_exactly(head.length);
  co_return body;
}
