// Name: Returning a result instead of stopping
// Says: your wait_for returns a result that is there although the waiting task was cancelled, so
//   the cancel is lost
// From: wait_for in asyncio before Python 3.12
// Caught-by: Step5_WaitFor.ACancelInTheSameIterationWinsAndTheFutureKeepsItsResult

//: 9.5
template <class A, class T>
Coro<T> wait_for(std::remove_cvref_t<A> awaitable, std::optional<Delay> limit) {
  if (limit && limit->count() <= Clock::duration::zero()) {
    co_return co_await wait_for_nothing<T, A>(std::move(awaitable));
  }
  co_return co_await timeout(limit, [&awaitable]() -> Coro<T> {
    if constexpr (std::is_lvalue_reference_v<A> && FutureLike<A>) {
      try {
        co_await Join(awaitable.state());
      } catch (const CancelledError&) {
        if (!awaitable.done()) throw;
      }
      co_return outcome_for<A>(awaitable.state()).value();
    } else {
      co_return co_await std::move(awaitable);
    }
  });
}
