// Name: Taking a cancelled task for one that failed
// Says: your wait for the first failure ends when a task is cancelled, which is no failure
// Caught-by: Step4_Wait.ForTheFirstFailure

//: 8.4
inline void Release::task_done(FutureBase& task) {
  --left_;
  const bool failed = mode_ == ReturnWhen::first_exception && (task.cancelled() || task.failed());
  if (failed) task.mark_retrieved();
  if (left_ == 0 || failed || mode_ == ReturnWhen::first_completed) release();
}
