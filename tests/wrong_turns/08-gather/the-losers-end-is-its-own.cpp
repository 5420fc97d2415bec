// Name: An end that belongs to the losers
// Says: your race throws the CancelledError of the losers that it has stopped itself
// Caught-by: Use8b_FastestMirror.TheFirstAnswerWinsAndTheOthersHaveEnded

//: use-8b
aio::Coro<std::string> fastest(std::vector<aio::Coro<std::string>> mirrors) {
  if (mirrors.empty()) throw std::invalid_argument("fastest: there is no mirror");
  Asked asked;
  for (auto& mirror : mirrors) asked.push_back(aio::create_task(std::move(mirror)));
  const auto first = aio::create_task(first_success(asked));
  co_await aio::gather(first, aio::gather(asked));
  co_return first.result().result();
}
