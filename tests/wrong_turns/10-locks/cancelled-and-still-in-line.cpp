// Name: Cancelled, and still in the line
// Says: your cancel() leaves the place in the queue, so the next wake-up goes to one who leaves
// Caught-by: Step1_WaitQueue.ACancelledTaskIsNotWokenInTheSameIteration

//: 10.1
inline bool QueuedTask::cancel() {
  if (state_ != State::waiting) return false;
  state_ = State::cancelled;
  task_->home().call_soon(*task_);
  return true;
}
