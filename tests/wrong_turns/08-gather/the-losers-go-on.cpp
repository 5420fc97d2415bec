// Name: Leaving the losers running
// Says: your race returns while the losers are still being asked
// Caught-by: Use8b_FastestMirror.TheFirstAnswerWinsAndTheOthersHaveEnded

//: use-8b
aio::Coro<std::string> fastest(std::vector<aio::Coro<std::string>> mirrors) {
  if (mirrors.empty()) throw std::invalid_argument("fastest: there is no mirror");
  Asked asked;
  for (auto& mirror : mirrors) asked.push_back(aio::create_task(std::move(mirror)));
  const StopAtTheEnd stop(asked);
  const aio::Task<std::string> winner = co_await first_success(asked);
  for (const auto& task : asked) task.cancel();
  co_return winner.result();
}
