// Name: A failed gather that stays
// Says: your gather lets go of itself only with its last child: one that has failed stays in
//   memory, and in the lists of the children that go on
// Caught-by: Step2_Failures.AGatherThatHasFailedHoldsNothing

//: 8.1
inline void GatherCore::child_done(FutureBase& child) {
  const bool last = --pending_ == 0;
  if (child.cancelled() || child.failed()) child_failed(child);
  if (last && !outer_done()) finish();
  if (last) let_go();
}
