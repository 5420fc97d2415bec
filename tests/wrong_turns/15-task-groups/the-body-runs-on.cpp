// Name: The body runs on
// Says: your group asks the children to stop after a failure, and not its owner
// Caught-by: Step2_Failure.StopsTheOthersAndTheBody

//: 15.2
inline void TaskGroup::child_failed(detail::TaskBase& child) {
  child.mark_retrieved();
  note_failure(child.failure());
  if (!aborting_) abort();
}
