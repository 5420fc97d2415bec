// Name: A winner that is not found yet
// Says: your race waits for the mirrors, and not for the task that finds the first good one: its
//   result is asked too early
// Caught-by: Use8b_FastestMirror.AFailureDoesNotWin

//: use-8b
aio::Coro<std::string> fastest(std::vector<aio::Coro<std::string>> mirrors) {
  if (mirrors.empty()) throw std::invalid_argument("fastest: there is no mirror");
  Asked asked;
  for (auto& mirror : mirrors) asked.push_back(aio::create_task(std::move(mirror)));
  const auto first = aio::create_task(first_success(asked));
  co_await aio::gather(aio::return_exceptions, asked);
  co_return first.result().result();
}
