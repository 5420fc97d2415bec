// Name: A cancelled timer still wakes the loop
// Says: the first entry of your heap is a cancelled one, and its deadline still ends the sleep
// Caught-by: Step4_NextDeadline.ACancelledTimerDoesNotCount,
//   Step4_NextDeadline.SeveralCancelledOnesDoNotCount

//: 3.4
inline std::optional<Clock::time_point> TimerQueue::next_deadline() {
  if (heap_.empty()) return std::nullopt;
  return heap_.front().when;
}
