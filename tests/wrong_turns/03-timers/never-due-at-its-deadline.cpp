// Name: Due only after its deadline
// Says: your timer is not yet due at its very deadline, so a loop that wakes exactly then finds
//   nothing to do, again and again
// Caught-by: Step2_PushPop.IsDueAtItsVeryDeadline

//: 3.2
inline Timer* TimerQueue::pop_due(Clock::time_point now) {
  while (!heap_.empty() && heap_.front().when < now) {
    if (Timer* timer = take_first().timer) return timer;
  }
  return nullptr;
}
