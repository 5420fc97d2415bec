// Name: The owner goes first
// Says: your group asks its owner to stop before its children
// Caught-by: Step2_Failure.StopsTheOthersAndTheBody

//: 15.2
inline void TaskGroup::child_failed(detail::TaskBase& child) {
  child.mark_retrieved();
  note_failure(child.failure());
  if (aborting_) return;
  cancel_owner();
  abort();
}
