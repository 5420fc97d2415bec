// Name: A timer remembers its old slot
// Says: a timer that was handed out still remembers its slot, so cancelling it takes out whoever is
//   there now
// Caught-by: Step3_Cancel.ATimerThatWasHandedOutCannotBeCancelled

//: 3.2
inline TimerEntry TimerQueue::take_first() {
  const TimerEntry first = heap_.front();
  const TimerEntry last = heap_.back();
  heap_.pop_back();
  if (!heap_.empty()) sift_down(0, last);
  if (first.timer == nullptr) {
    --cancelled_;
  }
  return first;
}

//: 3.3
inline bool TimerQueue::cancel(Timer& timer) {
  if (timer.slot_ >= heap_.size()) return false;
  heap_[timer.slot_].timer = nullptr;
  timer.slot_ = Timer::nowhere;
  ++cancelled_;
  if (heap_.size() > few && cancelled_ > heap_.size() / 2) compact();
  return true;
}
