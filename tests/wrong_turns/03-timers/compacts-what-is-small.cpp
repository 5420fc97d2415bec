// Name: Compacting what is small
// Says: you compact a heap of a few entries again and again
// Caught-by: Step3_Cancel.ASmallHeapIsNeverCompacted

//: 3.3
inline bool TimerQueue::cancel(Timer& timer) {
  if (!timer.pending()) return false;
  heap_[timer.slot_].timer = nullptr;
  timer.slot_ = Timer::nowhere;
  ++cancelled_;
  if (cancelled_ > heap_.size() / 2) compact();
  return true;
}
