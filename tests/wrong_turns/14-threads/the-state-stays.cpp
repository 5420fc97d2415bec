// Name: The state stays
// Says: your finish() keeps the result, and the call still counts as pending
// Caught-by: Step5_Call.GivesTheResult

//: 14.5
template <class T>
void RemoteCall<T>::finish(Result<T> result) {
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::pending) return;
    result_.take(result);
  }
  over_.notify_all();
}
