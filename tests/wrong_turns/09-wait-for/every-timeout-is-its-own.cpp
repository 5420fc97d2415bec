// Name: Taking every TimeoutError for one's own
// Says: your function says "nothing" when a time limit inside the work has passed, and not its own
// Caught-by: Fix9d_Leak.ATimeLimitOfTheWorkIsAFailureOfTheWork,
//   Fix9d_Leak.AnAnswerThatComesTooLateIsNone

aio::Coro<std::optional<std::string>> answer_within(aio::Coro<std::string> work, aio::Delay limit) {
  try {
    co_return co_await aio::wait_for(std::move(work), limit);
  } catch (const aio::TimeoutError&) {
    co_return std::nullopt;
  }
}
