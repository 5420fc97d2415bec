// Name: Timers before the poll
// Says: your iteration looks at its timers before it polls; what comes due meanwhile has to wait
// From: libuv before 1.45, where timers ran at the start of an iteration (libuv/libuv#3927)
// Caught-by: Step3_Timers.FiresAtItsDeadline, Step4_Descriptors.ReadyThenDescriptorsThenTimers

//: 4.2
inline void EventLoop::iterate() {
  if (timers_.entries() > 0) queue_due_timers();
  if (must_poll()) poll();  // else it could tell nothing
  if (shuffle_) shuffle_.reorder(ready_);
  run_ready();
}
