// Name: The task is queued, and its future left pending
// Says: you queue the task yourself, and the future that it waits for goes on as if nobody had
//   asked
// Caught-by: Step6_Cancel.IsARequest

//: 7.6
inline bool FutureWaiter::cancel() {
  if (future_->done()) return false;
  task_->home().call_soon(*task_);
  return true;
}
