// Name: Entered twice
// Says: your group can be entered a second time
// Caught-by: Step1_Block.IsEnteredOnceAndInATask

//: 15.1
inline void TaskGroup::enter() {
  detail::TaskBase::current("a task group");
  owner_ = current_task();
  state_ = State::entered;
  if (cancel_on_entry_) cancel();
}
