// Name: Catching std::exception only
// Says: your retry tries again after a std::exception, but not after something else that was thrown
// Caught-by: Use9b_Retry.TriesAgainAfterAFailure

//: use-9b
aio::Coro<std::string> retry(std::function<aio::Coro<std::string>()> attempt, Backoff backoff,
                             std::mt19937& random) {
  auto pause = std::min(backoff.first_pause, backoff.longest_pause);
  for (int left = backoff.tries; left > 1; --left) {
    try {
      co_return co_await aio::wait_for(attempt(), backoff.per_try);
    } catch (const aio::CancelledError&) {
      throw;
    } catch (const std::exception&) {  // a failure: pause below, since a handler cannot await
    }
    co_await aio::sleep(with_jitter(pause, random));
    pause = std::min(2 * pause, backoff.longest_pause);
  }
  co_return co_await aio::wait_for(attempt(), backoff.per_try);
}
