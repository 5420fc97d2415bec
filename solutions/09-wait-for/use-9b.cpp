// use-9b: try again. A limit for each try, and pauses that grow and differ.

#include <algorithm>
#include <chrono>
#include <functional>
#include <random>
#include <string>

#include <aio/coro.hpp>
#include <aio/support/errors.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>

#include "retry.hpp"

namespace {

//: use-9b pick a part of the pause, between half of it and all of it
std::chrono::nanoseconds with_jitter(std::chrono::nanoseconds pause, std::mt19937& random) {
  using Pick = std::uniform_int_distribution<std::chrono::nanoseconds::rep>;
  return std::chrono::nanoseconds(Pick(pause.count() / 2, pause.count())(random));
}

}  // namespace

//: use-9b try, pause, try again; a request to stop is no failure
aio::Coro<std::string> retry(std::function<aio::Coro<std::string>()> attempt, Backoff backoff,
                             std::mt19937& random) {
  auto pause = std::min(backoff.first_pause, backoff.longest_pause);
  for (int left = backoff.tries; left > 1; --left) {
    try {
      co_return co_await aio::wait_for(attempt(), backoff.per_try);
    } catch (const aio::CancelledError&) {
      throw;
    } catch (...) {  // a failure: pause below, since a handler cannot await
    }
    co_await aio::sleep(with_jitter(pause, random));
    pause = std::min(2 * pause, backoff.longest_pause);
  }
  co_return co_await aio::wait_for(attempt(), backoff.per_try);
}
