// Name: Waiting for the losers only when there is a winner
// Says: when your fastest() is cancelled, it asks its mirrors to stop and does not wait for them
// Caught-by: Use8b_FastestMirror.AllMirrorsHaveEndedWheneverItIsCancelled

//: use-8b
aio::Coro<std::string> fastest(std::vector<aio::Coro<std::string>> mirrors) {
  if (mirrors.empty()) throw std::invalid_argument("fastest: there is no mirror");
  Asked asked;
  for (auto& mirror : mirrors) asked.push_back(aio::create_task(std::move(mirror)));
  const StopAtTheEnd stop(asked);
  const aio::Task<std::string> winner = co_await first_success(asked);
  for (const auto& task : asked) task.cancel();
  co_await aio::wait(asked);
  for (const auto& task : asked) {
    if (!task.cancelled()) (void)task.exception();
  }
  co_return winner.result();
}
