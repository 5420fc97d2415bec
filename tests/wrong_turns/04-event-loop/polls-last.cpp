// Name: A poll at the end
// Says: your iteration polls after it has run what was ready, and waits when there is no need to
// Caught-by: Step2_RunOnce.RunsInTheOrderOfTheCalls

//: 4.2
inline void EventLoop::iterate() {
  if (shuffle_) shuffle_.reorder(ready_);
  run_ready();
  if (must_poll()) poll();
  if (!timers_.empty()) queue_due_timers();
}
