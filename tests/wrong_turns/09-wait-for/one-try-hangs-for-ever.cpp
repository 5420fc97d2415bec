// Name: A try without a limit
// Says: your retry waits for a try that hangs as long as it hangs, and never comes to the next
// Caught-by: Use9b_Retry.ATryHasItsOwnTime

//: use-9b
aio::Coro<std::string> retry(std::function<aio::Coro<std::string>()> attempt, Backoff backoff,
                             std::mt19937& random) {
  auto pause = std::min(backoff.first_pause, backoff.longest_pause);
  for (int left = backoff.tries; left > 1; --left) {
    try {
      co_return co_await attempt();
    } catch (const aio::CancelledError&) {
      throw;
    } catch (...) {  // a failure: pause below, since a handler cannot await
    }
    co_await aio::sleep(with_jitter(pause, random));
    pause = std::min(2 * pause, backoff.longest_pause);
  }
  co_return co_await aio::wait_for(attempt(), backoff.per_try);
}
