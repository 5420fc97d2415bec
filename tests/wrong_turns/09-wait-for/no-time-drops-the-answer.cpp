// Name: Throwing although there is an answer
// Says: your wait_for with no time asks the task to stop, and throws TimeoutError although the task
//   has given an answer
// Caught-by: Step6_NoTime.AnAnswerInsteadOfCancellationIsReturned

//: 9.6
template <class T, class A>
Coro<T> wait_for_nothing(std::remove_cvref_t<A> awaitable) {
  auto future = ensure_future(std::move(awaitable));
  if (!future.done()) {
    co_await cancel_and_wait(future);
    throw TimeoutError();
  }
  co_return outcome_for<A>(future.state()).value();
}
