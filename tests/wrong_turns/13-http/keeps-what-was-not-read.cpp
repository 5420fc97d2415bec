// Name: Keeps what was not read
// Says: your exists() keeps a connection on which the body of its answer is still to come
// Caught-by: Fix13b_Asker.LetsGoOfAnAnswerThatWasNotRead

//: fix-13b
aio::Coro<bool> Asker::exists(std::string target) {
  std::optional<aio::Stream> stream = std::exchange(kept_, std::nullopt);
  if (!stream) stream = co_await connect_();
  const Head head = co_await question(*stream, std::move(target));
  if (!head.closes) kept_ = std::move(stream);
  co_return head.status < 400;
}
