// Name: Told twice
// Says: your group throws a failure that the exception handler reports once more
// Caught-by: Step2_Failure.IsNotReportedAgain

//: 15.2
inline void TaskGroup::child_failed(detail::TaskBase& child) {
  note_failure(child.failure());
  if (aborting_) return;
  abort();
  cancel_owner();
}
