// Name: A plain gather of those who share something
// Says: your survey, when it is cancelled, ends with the first worker; the others write into a list
//   that is gone
// Caught-by: Use9c_Survey.EveryRequestHasEndedWheneverItIsCancelled

//: use-9c
aio::Coro<std::vector<std::optional<std::string>>> survey(
    std::vector<aio::Coro<std::string>> requests, Limits limits) {
  const auto end = limits.total.after(aio::running_loop().time());
  const std::size_t size = requests.size();
  Sheet sheet{std::move(requests), limits.each, end, std::vector<Answer>(size)};
  std::vector<aio::Coro<>> workers;
  for (std::size_t i = 0; i < limits.at_once; ++i) workers.push_back(work(sheet));
  co_await aio::gather(std::move(workers));
  co_return std::move(sheet.answers);
}
