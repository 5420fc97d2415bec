// Name: A plain gather that waits for those who were cancelled
// Says: your gather ends with the first mirror that has stopped, and the others still say goodbye
// Caught-by: Use8b_FastestMirror.AllMirrorsHaveEndedWheneverItIsCancelled

//: use-8b
aio::Coro<std::string> fastest(std::vector<aio::Coro<std::string>> mirrors) {
  if (mirrors.empty()) throw std::invalid_argument("fastest: there is no mirror");
  Asked asked;
  for (auto& mirror : mirrors) asked.push_back(aio::create_task(std::move(mirror)));
  const auto first = aio::create_task(first_success(asked));
  try {
    co_await aio::gather(first, aio::gather(asked));
  } catch (const aio::CancelledError&) {
    if (aio::current_task().cancelling() > 0) throw;
  } catch (const std::exception&) {
  }
  co_await aio::wait(asked);
  co_return first.result().result();
}
