// Name: Taking the first that ends, good or bad
// Says: your race is decided by the first mirror that ends, although it failed and another would
//   have answered
// Caught-by: Use8b_FastestMirror.AFailureDoesNotWin

//: use-8b
aio::Coro<aio::Task<std::string>> first_success(Asked asked) {
  const StopAtTheEnd stop(asked);
  auto all = aio::as_completed(asked);
  for (;;) {
    aio::Task<std::string> task = co_await all.next_task();
    const bool good = !task.cancelled() && task.exception() == nullptr;
    if (good || true) co_return task;
  }
}
