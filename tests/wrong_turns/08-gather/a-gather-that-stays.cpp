// Name: A gather that keeps itself alive
// Says: your gather never lets go of itself: it stays in memory with all its children until the
//   loop is closed
// Caught-by: Step1_Gather.IsGoneWhenItIsDone

//: 8.1
inline void GatherCore::child_done(FutureBase& child) {
  const bool last = --pending_ == 0;
  if (child.cancelled() || child.failed()) child_failed(child);
  if (last && !outer_done()) finish();
}
