// Name: A task for each request
// Says: your survey starts all requests at the same time, however many may run at once
// Caught-by: Use9c_Survey.AllAnswersInOrderAndSoManyAtOnce

//: use-9c
aio::Coro<std::vector<std::optional<std::string>>> survey(
    std::vector<aio::Coro<std::string>> requests, Limits limits) {
  const auto end = limits.total.after(aio::running_loop().time());
  const std::size_t size = requests.size();
  Sheet sheet{std::move(requests), limits.each, end, std::vector<Answer>(size)};
  std::vector<aio::Coro<>> workers;
  for (std::size_t i = 0; i < size; ++i) workers.push_back(work(sheet));
  co_await aio::gather(std::move(workers));
  co_return std::move(sheet.answers);
}
