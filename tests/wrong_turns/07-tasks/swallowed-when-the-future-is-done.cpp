// Name: A request is lost when the future is done already
// Says: the future was done when you passed the request on, so it could not take it; and nobody
//   noted it
// From: asyncio.wait_for, which swallowed a request when the result came in the same iteration
//   (bpo-37658)
// Caught-by: Step6_Cancel.WhenTheFutureIsDoneAlready

//: 7.6
inline bool TaskBase::cancel() {
  if (done()) {
    mark_retrieved();
    return false;
  }
  if (home().is_closed()) return false;  // a destructor asks, and the task is about to be evicted
  ++cancels_;
  Waiter* const waiter = std::exchange(waiter_, nullptr);  // tasks may wait for each other: once
  if (waiter == nullptr) must_cancel_ = true;
  if (waiter != nullptr) waiter->cancel();
  waiter_ = waiter;
  return true;
}
