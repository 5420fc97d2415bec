// Name: A cancel before the block is forgotten
// Says: your group forgets that it was cancelled before its block
// Caught-by: Step4_Quiet.CancelBeforeTheBlockEndsItAsItBegins

//: 15.1
inline void TaskGroup::enter() {
  if (state_ != State::created) throw InvalidStateError("this task group has been entered before");
  detail::TaskBase::current("a task group");
  owner_ = current_task();
  state_ = State::entered;
}
