// Name: Cancelling a finished task counts
// Says: your cancel() says yes to a task that has ended, and counts the request
// Caught-by: Step6_Cancel.RequestsAreCounted

//: 7.6
inline bool TaskBase::cancel() {
  if (home().is_closed()) return false;  // a destructor asks, and the task is about to be evicted
  ++cancels_;
  Waiter* const waiter = std::exchange(waiter_, nullptr);  // tasks may wait for each other: once
  if (waiter == nullptr || !waiter->cancel()) must_cancel_ = true;
  waiter_ = waiter;
  return true;
}
