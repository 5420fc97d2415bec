// Name: Taking the result out of somebody's future
// Says: your wait_for moves the result out of a future that its owner still holds
// Caught-by: Step5_WaitFor.LeavesTheResultToWhoHoldsTheFuture

//: 9.5
template <class A, class T>
Coro<T> wait_for(std::remove_cvref_t<A> awaitable, std::optional<Delay> limit) {
  if (limit && limit->count() <= Clock::duration::zero()) {
    co_return co_await wait_for_nothing<T, A>(std::move(awaitable));
  }
  co_return co_await timeout(
      limit, [&awaitable]() -> Coro<T> { co_return co_await std::move(awaitable); });
}
