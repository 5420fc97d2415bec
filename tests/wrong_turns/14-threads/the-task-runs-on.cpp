// Name: The task runs on
// Says: your cancel() lets the thread go on, and nobody asks the task to stop
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
  return true;
}
