// Name: A cancelled task fails without a word
// Says: your cancel() marks the exception as seen that the task has not thrown yet; if it fails
//   while it stops, nobody hears of it
// Caught-by: Step6_Cancel.ATaskMayAnswerWithAnotherError

//: 7.6
inline bool TaskBase::cancel() {
  mark_retrieved();
  if (done()) return false;
  if (home().is_closed()) return false;  // a destructor asks, and the task is about to be evicted
  ++cancels_;
  Waiter* const waiter = std::exchange(waiter_, nullptr);  // tasks may wait for each other: once
  if (waiter == nullptr || !waiter->cancel()) must_cancel_ = true;
  waiter_ = waiter;
  return true;
}
