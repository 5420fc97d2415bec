// Name: Open while it shuts down
// Says: your group starts a child after it has asked all others to stop
// Caught-by: Step2_Failure.TheBodyMayGoOnAfterTheRequest

//: 15.1
inline void TaskGroup::check_open() const {
  if (state_ == State::created) throw InvalidStateError("this task group has not been entered yet");
  if (over()) throw InvalidStateError("this task group has ended");
}
