// Name: Fewer than the low mark
// Says: your drain() waits until fewer bytes are left than the low mark says; the mark is enough
// Caught-by: Step5_Write.WithALowMarkOfZeroItDrainsAll

//: 12.5
inline void StreamState::wake_drained() {
  if (out_.size() < options.low) wake_all(drains_);
  if (out_.empty()) wake_all(flushes_);
}
