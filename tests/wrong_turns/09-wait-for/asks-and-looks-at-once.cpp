// Name: Looking at what was asked to stop before it has ended
// Says: you cancel what has no time, and read its result before it had a turn to end
// Caught-by: Step6_NoTime.TakesWhatIsDoneAndStartsNothing

//: 9.6
template <class T, class A>
Coro<T> wait_for_nothing(std::remove_cvref_t<A> awaitable) {
  auto future = ensure_future(std::move(awaitable));
  if (!future.done()) future.cancel();
  if (future.cancelled()) throw TimeoutError();
  co_return outcome_for<A>(future.state()).value();
}
