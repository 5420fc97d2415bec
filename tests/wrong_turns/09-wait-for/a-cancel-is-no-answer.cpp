// Name: Taking a request to stop for a missing answer
// Says: your survey writes "no answer" when it is asked to stop, and goes on with the next request
// Caught-by: Use9c_Survey.CancellingItStopsAllRequests,
//   Use9c_Survey.NothingIsAskedAfterACancelThatARequestHasCaught,
//   Use9c_Survey.EveryRequestHasEndedWheneverItIsCancelled

//: use-9c
aio::Coro<Answer> ask(aio::Coro<std::string> request, aio::Clock::time_point deadline) {
  try {
    co_return co_await aio::timeout_at(deadline, [&request] { return std::move(request); });
  } catch (...) {
    co_return std::nullopt;
  }
}

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
