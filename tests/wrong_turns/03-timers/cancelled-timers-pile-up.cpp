// Name: Cancelled timers pile up
// Says: your queue keeps every cancelled entry until its deadline: a server that gives each request
//   a time limit grows without end
// From: asyncio, whose memory grew without bound when timers were cancelled (bpo-22448)
// Caught-by: Step3_Cancel.CancelledTimersDoNotPileUp

//: 3.3
inline bool TimerQueue::cancel(Timer& timer) {
  if (!timer.pending()) return false;
  heap_[timer.slot_].timer = nullptr;
  timer.slot_ = Timer::nowhere;
  ++cancelled_;
  return true;
}
