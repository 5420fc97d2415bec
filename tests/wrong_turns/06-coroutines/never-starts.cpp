// Name: The one who awaits pauses, and nothing runs
// Says: your co_await pauses the coroutine and never starts the one that it awaits: await_suspend
//   returns the handle of nobody
// Caught-by: Step3_WayIn.RunsTheBodyWhenItIsAwaited

//: 6.3
template <class T>
std::coroutine_handle<> CoroAwaiter<T>::await_suspend(std::coroutine_handle<> awaiting) {
  frame_.promise().continue_with(awaiting);
  return std::noop_coroutine();
}
