// Name: Not counting whether somebody else asked too
// Says: your timeout throws TimeoutError whenever its deadline has passed, though somebody else has
//   cancelled the task as well
// From: timeouts for asyncio before Python 3.11, when requests to cancel were not counted
// Caught-by: Step3_Timeout.AForeignCancelWinsOverTheExpiry

//: 9.3
inline bool Timeout::leave() {
  disarm();
  if (state_ != State::expiring) {
    state_ = State::exited;
    return false;
  }
  state_ = State::expired;
  task_.uncancel();
  return true;
}
