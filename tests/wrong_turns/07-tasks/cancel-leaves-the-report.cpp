// Name: Cancelling what has failed is not looking at it
// Says: your cancel() says no to a failed task, and its failure is reported all the same
// Caught-by: Step6_Cancel.WhoeverCancelsAFailedTaskKnowsIt

//: 7.6
inline bool TaskBase::cancel() {
  if (done()) {
    return false;
  }
  if (home().is_closed()) return false;  // a destructor asks, and the task is about to be evicted
  ++cancels_;
  Waiter* const waiter = std::exchange(waiter_, nullptr);  // tasks may wait for each other: once
  if (waiter == nullptr || !waiter->cancel()) must_cancel_ = true;
  waiter_ = waiter;
  return true;
}
