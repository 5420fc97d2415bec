// Name: Only the first failure counts
// Says: your group forgets the failures that come after the first one
// Caught-by: Step2_Failure.CollectsWhatFailsMeanwhile

//: 15.2
inline void TaskGroup::child_failed(detail::TaskBase& child) {
  child.mark_retrieved();
  if (aborting_) return;
  note_failure(child.failure());
  abort();
  cancel_owner();
}
