// Name: A cancelled read stays
// Says: your read that was cancelled still counts as the stream's reader until its task goes on
// Caught-by: Step4_Wait.ACancelledReadMakesWayAtOnce

//: 12.4
inline bool ReadAwaiter::cancel() {
  cancelled_ = true;
  wake();
  return true;
}
