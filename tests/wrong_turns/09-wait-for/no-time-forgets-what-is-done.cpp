// Name: Throwing without a look at what is done
// Says: your wait_for with no time throws TimeoutError although the result is there
// Caught-by: Step6_NoTime.TakesWhatIsDoneAndStartsNothing

//: 9.6
template <class T, class A>
Coro<T> wait_for_nothing(std::remove_cvref_t<A> awaitable) {
  auto future = ensure_future(std::move(awaitable));
  if (!future.done()) co_await cancel_and_wait(future);
  throw TimeoutError();
}
