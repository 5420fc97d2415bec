// Name: Comparing what is left with zero
// Says: your timeout expects that the task was never asked to stop before, so it never converts
//   inside clean-up
// Caught-by: Step3_Timeout.ConvertsItsOwnUnderAnOlderRequest

//: 9.3
inline bool Timeout::leave() {
  disarm();
  if (state_ != State::expiring) {
    state_ = State::exited;
    return false;
  }
  state_ = State::expired;
  return task_.uncancel() == 0;
}
