// Name: Throwing before it leaves
// Says: your end_wait() throws before it has left the queue; whoever catches that and wakes the
//   next finds the wake-up still in use
// Caught-by: Step1_WaitQueue.TheWakeUpIsFreeWhenItThrows

//: 10.1
inline void QueuedTask::end_wait() {
  task_->check_cancel();
  if (state_ == State::cancelled) throw CancelledError();
  leave();
}
