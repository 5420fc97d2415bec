// Name: Throwing while the inner task still runs
// Says: your wait_for throws TimeoutError as soon as it has cancelled the task, which is still
//   cleaning up
// From: wait_for in asyncio before Python 3.7
// Caught-by: Step5_WaitFor.WaitsForTheEndOfTheCleanUp

//: 9.5
template <class A, class T>
Coro<T> wait_for(std::remove_cvref_t<A> awaitable, std::optional<Delay> limit) {
  if (limit && limit->count() <= Clock::duration::zero()) {
    co_return co_await wait_for_nothing<T, A>(std::move(awaitable));
  }
  auto future = ensure_future(std::move(awaitable));
  Future<> released;
  const auto release = [released] {
    if (!released.done()) released.set_result();
  };
  future.add_done_callback([release](const auto&) { release(); });
  std::optional<TimerHandle> timer;
  if (limit) timer = running_loop().call_later(*limit, release);
  co_await released;
  if (timer) timer->cancel();
  if (!future.done()) {
    future.cancel();
    throw TimeoutError();
  }
  co_return outcome_for<A>(future.state()).value();
}
