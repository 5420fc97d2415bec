// Name: Forgetting a request that came after the wake-up
// Says: your end_wait() does not ask whether somebody wants the task to stop; once woken, it cannot
//   be cancelled
// Caught-by: Step1_WaitQueue.ATaskWokenAndThenCancelledThrowsAndItsWakeUpIsFree

//: 10.1
inline void QueuedTask::end_wait() {
  leave();
  if (state_ == State::cancelled) throw CancelledError();
}
