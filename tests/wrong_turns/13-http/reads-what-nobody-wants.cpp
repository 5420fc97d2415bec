// Name: Reads what nobody wants
// Says: your exists() reads a body that nobody wants, however long it is
// Caught-by: Fix13b_Asker.LetsGoOfAnAnswerThatWasNotRead

//: fix-13b
aio::Coro<bool> Asker::exists(std::string target) {
  std::optional<aio::Stream> stream = std::exchange(kept_, std::nullopt);
  if (!stream) stream = co_await connect_();
  const Head head = co_await question(*stream, std::move(target));
  co_await stream->read_exactly(head.length);
  if (!head.closes) kept_ = std::move(stream);
  co_return head.status < 400;
}
