// Name: Cancelled, and parked for ever
// Says: your cancel() takes the place out of the queue, and nobody lets the task go on
// Caught-by: Step1_WaitQueue.ACancelledTaskLeavesAtOnce

//: 10.1
inline bool QueuedTask::cancel() {
  if (state_ != State::waiting) return false;
  state_ = State::cancelled;
  unlink();
  return true;
}
