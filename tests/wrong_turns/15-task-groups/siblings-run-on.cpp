// Name: The siblings run on
// Says: your group lets the other children run on after a failure, as gather does
// Caught-by: Step2_Failure.StopsTheOthersAndTheBody

//: 15.2
inline void TaskGroup::child_failed(detail::TaskBase& child) {
  child.mark_retrieved();
  note_failure(child.failure());
  cancel_owner();
}
