// Name: A flush that drops nothing
// Says: your flush() sends what waits, and leaves it in the buffer: it is sent again and again
// Caught-by: Step5_Write.KeepsWhatTheKernelDoesNotTake

//: 12.5
inline void StreamState::flush() {
  send_some(out_.view());
  if (gone()) return;
  wake_drained();
  if (out_.empty()) finish_output();
}
