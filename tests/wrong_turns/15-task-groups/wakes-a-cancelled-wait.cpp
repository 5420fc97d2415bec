// Name: Wakes a wait that was cancelled
// Says: your wake_owner() sets the result of a future that has been cancelled already
// Caught-by: Step2_Failure.IsNotReportedAgain

//: 15.1
inline void TaskGroup::wake_owner() {
  if (all_ended_) all_ended_->set_result();
}
