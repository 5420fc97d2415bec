// Name: The body starts at the call
// Says: your coroutine runs when it is called; a Coro is lazy: its body waits until somebody awaits
//   it
// From: JavaScript's async functions, and the eager tasks of C#, begin at the call
// Caught-by: Step1_Call.DoesNotRunTheBody

struct CoroPromiseBase {
  // instead of: std::suspend_always initial_suspend() noexcept
  std::suspend_never initial_suspend() noexcept { return {}; }
};
