// Name: Cancelled by the thread
// Says: your thread cancels the task itself, although the task belongs to the loop's thread
// Caught-by: Step5_Call.CancelledHereItStopsThere

//: 14.5
template <class T>
bool RemoteCall<T>::cancel() {
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::pending) return false;
    state_ = State::cancelled;
  }
  over_.notify_all();
  cancel_task();
  return true;
}
