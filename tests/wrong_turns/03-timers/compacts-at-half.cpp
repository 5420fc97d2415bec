// Name: Compacting at half
// Says: you compact as soon as half of the entries are cancelled, not when more than half are
// Caught-by: Step3_Cancel.HalfOfAHeapMayBeCancelledAndMoreMayNot

//: 3.3
inline bool TimerQueue::cancel(Timer& timer) {
  if (!timer.pending()) return false;
  heap_[timer.slot_].timer = nullptr;
  timer.slot_ = Timer::nowhere;
  ++cancelled_;
  if (heap_.size() > few && cancelled_ >= heap_.size() / 2) compact();
  return true;
}
