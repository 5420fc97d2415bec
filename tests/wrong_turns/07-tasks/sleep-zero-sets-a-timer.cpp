// Name: sleep(0) sets a timer
// Says: your sleep(0) waits for a timer that is due at once: two iterations instead of one, and a
//   place in the heap
// From: the first versions of asyncio, where sleep(0) went through call_later
// Caught-by: Step5_Sleep.ZeroTakesExactlyOneIteration

//: 7.5
inline void Sleep::await_suspend(std::coroutine_handle<> leaf) {
  detail::TaskBase& task = detail::TaskBase::current("sleep");
  set_timer(task, leaf);
}
