// Name: sleep(-1 s) sets a timer
// Says: you compare the delay with zero for equality: a sleep of less than nothing still waits for
//   a timer
// Caught-by: Step5_Sleep.LessThanNothingIsNothing

//: 7.5
inline void Sleep::await_suspend(std::coroutine_handle<> leaf) {
  detail::TaskBase& task = detail::TaskBase::current("sleep");
  if (delay_.count() == Clock::duration::zero()) return task.yield(leaf);
  set_timer(task, leaf);
}
