// Name: Keeps what was given up
// Says: your ask() keeps its connection while it waits for the answer: whoever gives up leaves it
//   there
// Caught-by: Fix13b_Asker.LetsGoOfAQuestionThatWasGivenUp

//: fix-13b
aio::Coro<std::string> Asker::ask(std::string target) {
  if (!kept_) kept_ = co_await connect_();
  const Head head = co_await question(*kept_, std::move(target));
  std::string body = co_await kept_->read_exactly(head.length);
  if (head.closes) kept_.reset();
  co_return body;
}
