// Name: Cancelled after its end
// Says: your cancel() asks the owner to stop when the block is over
// Caught-by: Step4_Quiet.CancelAfterTheBlockDoesNothing

//: 15.4
inline void TaskGroup::cancel() {
  if (state_ == State::created) {
    cancel_on_entry_ = true;
    return;
  }
  if (!aborting_) abort();
  cancel_owner();
}
