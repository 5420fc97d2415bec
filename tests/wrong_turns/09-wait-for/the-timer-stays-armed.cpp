// Name: Leaving the timer armed
// Says: your timeout is still armed after its block has ended, and cancels whatever the task does
//   then
// Caught-by: Step3_Timeout.LeftInTimeIsDisarmed

//: 9.3
inline bool Timeout::leave() {
  if (state_ != State::expiring) {
    state_ = State::exited;
    return false;
  }
  state_ = State::expired;
  return task_.uncancel() <= cancelling_;
}
