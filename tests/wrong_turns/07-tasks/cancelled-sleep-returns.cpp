// Name: A cancelled sleep returns as if its time had come
// Says: your sleep ends at once when it is cancelled, and does not note that it was
// Caught-by: Step6_Cancel.CatchingErrorsDoesNotCatchIt

//: 7.6
inline bool SleepTimer::cancel() {
  if (over_) return false;
  over_ = true;
  task_.home().cancel(*this);
  task_.home().call_soon(task_);
  return true;
}
