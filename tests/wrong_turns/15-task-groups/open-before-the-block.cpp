// Name: Open before the block
// Says: your group starts a child for which nobody will wait
// Caught-by: Step1_Block.RefusesChildrenBeforeAndAfter

//: 15.1
inline void TaskGroup::check_open() const {
  if (over()) throw InvalidStateError("this task group has ended");
  if (aborting_) throw InvalidStateError("this task group is shutting down");
}
