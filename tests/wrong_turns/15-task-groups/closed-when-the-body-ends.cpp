// Name: Closed when the body ends
// Says: your group takes no more children once its body has ended, although it still waits
// Caught-by: Step1_Block.ChildrenMayStartChildrenUntilTheEnd

//: 15.1
inline void TaskGroup::check_open() const {
  if (state_ == State::created) throw InvalidStateError("this task group has not been entered yet");
  if (state_ != State::entered) throw InvalidStateError("this task group has ended");
  if (aborting_) throw InvalidStateError("this task group is shutting down");
}
