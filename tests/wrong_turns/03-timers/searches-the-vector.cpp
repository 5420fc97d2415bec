// Name: Searching the vector
// Says: you take the first live entry of the vector for the one that is due first
// Caught-by: Step4_NextDeadline.BehindACancelledOneTheVectorIsNotSorted

//: 3.4
inline std::optional<Clock::time_point> TimerQueue::next_deadline() {
  for (const TimerEntry& entry : heap_) {
    if (entry.timer != nullptr) return entry.when;
  }
  return std::nullopt;
}
