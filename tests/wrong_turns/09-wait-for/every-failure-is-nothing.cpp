// Name: Nothing, whatever went wrong
// Says: your function says "nothing" when the work has failed, as if it had only been late
// Caught-by: Fix9d_Leak.AFailureIsThrownOn

aio::Coro<std::optional<std::string>> answer_within(aio::Coro<std::string> work, aio::Delay limit) {
  try {
    co_return co_await aio::wait_for(std::move(work), limit);
  } catch (const std::exception&) {
    co_return std::nullopt;
  }
}
