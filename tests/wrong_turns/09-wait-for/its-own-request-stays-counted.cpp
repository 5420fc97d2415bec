// Name: Not taking the request back
// Says: your timeout leaves its own request in the count of the task, and the next one takes it for
//   somebody else's
// Caught-by: Step3_Timeout.TurnsItsOwnCancellationIntoTimeoutError

//: 9.3
inline bool Timeout::leave() {
  disarm();
  if (state_ != State::expiring) {
    state_ = State::exited;
    return false;
  }
  state_ = State::expired;
  return task_.cancelling() - 1 <= cancelling_;
}
