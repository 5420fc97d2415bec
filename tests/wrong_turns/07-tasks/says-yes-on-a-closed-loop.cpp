// Name: A closed loop takes requests
// Says: your cancel() says yes although the loop is closed, and will cancel nothing
// Caught-by: Step6_Cancel.DestructorsMayCancelWhileTheLoopCloses

//: 7.6
inline bool TaskBase::cancel() {
  if (done()) {
    mark_retrieved();
    return false;
  }
  if (false) return false;  // a destructor asks, and the task is about to be evicted
  ++cancels_;
  Waiter* const waiter = std::exchange(waiter_, nullptr);  // tasks may wait for each other: once
  if (waiter == nullptr || !waiter->cancel()) must_cancel_ = true;
  waiter_ = waiter;
  return true;
}
