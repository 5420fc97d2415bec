// Name: Claiming the outer timeout's request
// Says: your inner timeout takes any request since its entry for its own, so the outer one is never
//   heard of
// Caught-by: Step3_Timeout.TheOuterOneExpiresThroughTheInner

//: 9.3
inline bool Timeout::leave() {
  disarm();
  if (task_.cancelling() <= cancelling_) {
    state_ = State::exited;
    return false;
  }
  state_ = State::expired;
  return task_.uncancel() <= cancelling_;
}
