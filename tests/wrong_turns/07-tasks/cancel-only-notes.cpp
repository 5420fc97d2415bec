// Name: A request that waits until the task wakes up
// Says: your cancel() only makes a note: a task that waits for something that never comes will
//   never read it
// Caught-by: Step6_Cancel.IsARequest

//: 7.6
inline bool TaskBase::cancel() {
  if (done()) {
    mark_retrieved();
    return false;
  }
  if (home().is_closed()) return false;  // a destructor asks, and the task is about to be evicted
  ++cancels_;
  Waiter* const waiter = std::exchange(waiter_, nullptr);  // tasks may wait for each other: once
  waiter_ = waiter;
  must_cancel_ = true;
  return true;
}
