// Name: The last one counts
// Says: your finish() does not look whether the call was cancelled before
// Caught-by: Step5_Call.TheFirstToEndItCounts

//: 14.5
template <class T>
void RemoteCall<T>::finish(Result<T> result) {
  {
    const std::lock_guard lock(mutex_);
    result_.take(result);
    state_ = State::done;
  }
  over_.notify_all();
}
