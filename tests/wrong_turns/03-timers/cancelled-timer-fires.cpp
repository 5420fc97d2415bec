// Name: A cancelled timer fires
// Says: your queue still hands out a timer that was cancelled
// Caught-by: Step3_Cancel.ACancelledTimerIsNeverHandedOut

//: 3.3
inline bool TimerQueue::cancel(Timer& timer) {
  if (!timer.pending()) return false;
  timer.slot_ = Timer::nowhere;
  ++cancelled_;
  if (heap_.size() > few && cancelled_ > heap_.size() / 2) compact();
  return true;
}
