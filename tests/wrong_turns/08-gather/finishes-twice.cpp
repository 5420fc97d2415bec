// Name: An outcome for the second time
// Says: your gather finishes with its last child although a failure has been its outcome already
// Caught-by: Step2_Failures.TheLastChildMayBeTheOneThatFails

//: 8.1
inline void GatherCore::child_done(FutureBase& child) {
  const bool last = --pending_ == 0, failed = child.cancelled() || child.failed();
  if (failed) child_failed(child);
  if (last) finish();
  if ((last || failed) && outer_done()) let_go();
}
