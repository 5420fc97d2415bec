// Name: Two tasks ask each other for ever
// Says: your cancel() asks the waiter while the waiter asks: tasks that wait for each other never
//   come back
// Caught-by: Step6_Cancel.NobodyIsAskedInCircles

//: 7.6
inline bool TaskBase::cancel() {
  if (done()) {
    mark_retrieved();
    return false;
  }
  if (home().is_closed()) return false;  // a destructor asks, and the task is about to be evicted
  ++cancels_;
  Waiter* const waiter = waiter_;  // tasks may wait for each other: once
  if (waiter == nullptr || !waiter->cancel()) must_cancel_ = true;
  waiter_ = waiter;
  return true;
}
