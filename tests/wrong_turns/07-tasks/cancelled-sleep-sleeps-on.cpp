// Name: A cancelled sleep lasts to its end
// Says: your sleep hears the request, and tells the task only when the time is over
// Caught-by: Step6_Cancel.ACancelledSleepLeavesNoTimer

//: 7.6
inline bool SleepTimer::cancel() {
  if (over_) return false;
  cancelled_ = true;
  return true;
}
