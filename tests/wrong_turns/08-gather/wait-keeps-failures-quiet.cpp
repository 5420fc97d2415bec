// Name: Marking every failure as seen
// Says: your wait marks every failure as seen, also those that nobody was waiting for: they are
//   never reported
// Caught-by: Step4_Wait.HasSeenAFailureOnlyIfItLookedForOne

//: 8.4
inline void Release::task_done(FutureBase& task) {
  --left_;
  const bool failed = mode_ == ReturnWhen::first_exception && task.failed();
  if (task.failed()) task.mark_retrieved();
  if (left_ == 0 || failed || mode_ == ReturnWhen::first_completed) release();
}
