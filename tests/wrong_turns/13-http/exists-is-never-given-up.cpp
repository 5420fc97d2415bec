// Name: exists() is never given up
// Says: your exists() keeps its connection while it waits for the answer: whoever gives up leaves
//   it there
// Caught-by: Fix13b_Asker.LetsGoWhenExistsIsGivenUp

//: fix-13b
aio::Coro<bool> Asker::exists(std::string target) {
  if (!kept_) kept_ = co_await connect_();
  const Head head = co_await question(*kept_, std::move(target));
  if (head.closes || head.length > 0) kept_.reset();
  co_return head.status < 400;
}
