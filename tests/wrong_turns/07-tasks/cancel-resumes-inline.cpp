// Name: cancel() throws into the task at once
// Says: your cancel() resumes the task inside the call: whoever cancels is interrupted by what the
//   task does then
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
  if (waiter != nullptr && waiter->cancel()) {
    Ready::unlink();
    run();
  } else {
    must_cancel_ = true;
  }
  return true;
}
