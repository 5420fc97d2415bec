// Name: A seed that changes nothing
// Says: your iterate does not shuffle, so a seed finds no bug that depends on order
// Caught-by: Step2_RunOnce.ASeedReordersABatch

//: 4.2
inline void EventLoop::iterate() {
  if (must_poll()) poll();  // else it could tell nothing
  if (timers_.entries() > 0) queue_due_timers();
  run_ready();
}
