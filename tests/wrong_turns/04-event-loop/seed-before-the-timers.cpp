// Name: A shuffle before the timers
// Says: your iteration shuffles before the timers join the batch, so their order is never tried
// Caught-by: Step3_Timers.ASeedReordersWhatIsDueToo

//: 4.2
inline void EventLoop::iterate() {
  if (must_poll()) poll();
  if (shuffle_) shuffle_.reorder(ready_);
  if (!timers_.empty()) queue_due_timers();
  run_ready();
}
