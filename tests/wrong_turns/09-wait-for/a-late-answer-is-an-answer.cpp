// Name: Giving an answer that has come too late
// Says: your function gives the answer of work that was told to stop and answered all the same
// Caught-by: Fix9d_Leak.AnAnswerThatComesTooLateIsNone

aio::Coro<std::optional<std::string>> answer_within(aio::Coro<std::string> work, aio::Delay limit) {
  aio::Timeout timeout(limit.after(aio::running_loop().time()));
  try {
    co_return co_await aio::timeout(timeout, [&work] { return std::move(work); });
  } catch (const aio::TimeoutError&) {
    if (!timeout.expired()) throw;
  }
  co_return std::nullopt;
}
