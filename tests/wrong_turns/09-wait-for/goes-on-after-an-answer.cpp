// Name: Going on after a request that caught the cancellation
// Says: your worker was cancelled, its request answered all the same, and it asks the next one
// Caught-by: Use9c_Survey.NothingIsAskedAfterACancelThatARequestHasCaught

//: use-9c
aio::Coro<> work(Sheet& sheet) {
  while (sheet.next < sheet.requests.size()) {
    const auto now = aio::running_loop().time();
    if (now >= sheet.end) co_return;
    const std::size_t mine = sheet.next++;
    const auto deadline = std::min(sheet.each.after(now), sheet.end);
    sheet.answers[mine] = co_await ask(std::move(sheet.requests[mine]), deadline);
  }
}
