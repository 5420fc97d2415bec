// Name: Cancelling wakes nobody
// Says: your cancel changes the status, and those who wait for the future wait for ever
// Caught-by: Step4_Cancel.CallbacksRunLaterAndInOrder, Step4_Cancel.ACallbackMayCancelAnotherFuture

//: 5.4
inline bool FutureBase::cancel() {
  retrieved_ = true;
  if (done()) return false;
  status_ = Status::cancelled;
  return true;
}
