// Name: One mark instead of two
// Says: your drain() ends as soon as there is a little room, and the writer wakes for each packet
// Caught-by: Step5_Write.DrainPausesUntilTheLowMark

//: 12.5
inline void StreamState::wake_drained() {
  if (out_.size() <= options.high) wake_all(drains_);
  if (out_.empty()) wake_all(flushes_);
}
