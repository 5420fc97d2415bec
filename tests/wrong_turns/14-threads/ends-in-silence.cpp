// Name: Ends in silence
// Says: your finish() does not wake the thread that blocks in get()
// Caught-by: Step5_Blocked.GoesOnWithTheResult

//: 14.5
template <class T>
void RemoteCall<T>::finish(Result<T> result) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::pending) return;
  result_.take(result);
  state_ = State::done;
}
