// Name: Taking back a request that it never made
// Says: your leave() calls uncancel() on every way out: a timeout that was left in time takes back
//   what somebody else has asked
// Caught-by: Step3_Timeout.LeftInTimeTakesNothingBack

//: 9.3
inline bool Timeout::leave() {
  disarm();
  const bool expiring = state_ == State::expiring;
  state_ = expiring ? State::expired : State::exited;
  return task_.uncancel() <= cancelling_ && expiring;
}
