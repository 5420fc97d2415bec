// Name: Taking every cancellation for a timeout
// Says: your timeout turns every CancelledError into TimeoutError, so whoever cancels the task is
//   not obeyed
// Caught-by: Step3_Timeout.AForeignCancelStaysACancel

//: 9.3
inline bool Timeout::leave() {
  disarm();
  if (state_ == State::expiring) task_.uncancel();
  state_ = expired() ? State::expired : State::exited;
  return true;
}
