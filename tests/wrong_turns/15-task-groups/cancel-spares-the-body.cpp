// Name: The body is spared
// Says: your cancel() asks the children to stop, and not the body
// Caught-by: Step4_Quiet.CancelEndsTheBlockQuietly

//: 15.4
inline void TaskGroup::cancel() {
  if (state_ == State::created) {
    cancel_on_entry_ = true;
    return;
  }
  if (over()) return;
  if (!aborting_) abort();
}
