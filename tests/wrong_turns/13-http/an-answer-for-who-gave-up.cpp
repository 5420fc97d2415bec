// Name: An answer for who gave up
// Says: your ask() takes the request to stop for an answer without a body
// Caught-by: Fix13b_Asker.LetsGoOfAnAnswerThatWasHalfRead

//: fix-13b
aio::Coro<std::string> Asker::ask(std::string target) {
  std::optional<aio::Stream> stream = std::exchange(kept_, std::nullopt);
  if (!stream) stream = co_await connect_();
  const Head head = co_await question(*stream, std::move(target));
  std::string body;
  try {
    body = co_await stream->read_exactly(head.length);
    if (!head.closes) kept_ = std::move(stream);
  } catch (...) {
  }
  co_return body;
}
