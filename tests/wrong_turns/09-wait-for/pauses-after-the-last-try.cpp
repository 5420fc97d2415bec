// Name: Pausing after the last failure
// Says: your retry pauses once more after the last try has failed, although nothing comes after it
// Caught-by: Use9b_Retry.ThrowsTheLastFailureAtOnce

//: use-9b
aio::Coro<std::string> retry(std::function<aio::Coro<std::string>()> attempt, Backoff backoff,
                             std::mt19937& random) {
  auto pause = backoff.first_pause;
  std::exception_ptr last;
  for (int left = backoff.tries; left > 0; --left) {
    try {
      co_return co_await aio::wait_for(attempt(), backoff.per_try);
    } catch (const aio::CancelledError&) {
      throw;
    } catch (...) {
      last = std::current_exception();
    }
    co_await aio::sleep(with_jitter(pause, random));
    pause = std::min(2 * pause, backoff.longest_pause);
  }
  std::rethrow_exception(last);
}
