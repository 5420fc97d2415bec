// Name: A cancelled task forgets what it waits for
// Says: your cancel() takes the waiter away and does not put it back, though the task still waits
// Caught-by: Step6_Cancel.AnInnerTaskMaySwallowIt

//: 7.6
inline bool TaskBase::cancel() {
  if (done()) {
    mark_retrieved();
    return false;
  }
  if (home().is_closed()) return false;  // a destructor asks, and the task is about to be evicted
  ++cancels_;
  Waiter* const waiter = std::exchange(waiter_, nullptr);  // tasks may wait for each other: once
  if (waiter == nullptr || !waiter->cancel()) must_cancel_ = true;
  return true;
}
