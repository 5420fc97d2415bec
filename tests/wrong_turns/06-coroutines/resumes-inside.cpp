// Name: The awaited body is started by a call
// Says: your await_suspend resumes the awaited coroutine itself: every await is a call on the
//   stack, and the stack grows
// From: coroutine types made before symmetric transfer, which overflowed the stack in a loop of
//   awaits that complete at once
// Caught-by: Step3_WayIn.DoesNotGrowTheStack

//: 6.3
template <class T>
std::coroutine_handle<> CoroAwaiter<T>::await_suspend(std::coroutine_handle<> awaiting) {
  frame_.promise().continue_with(awaiting);
  frame_.get().resume();
  return std::noop_coroutine();
}
