// Name: Cancelling the others at the first failure
// Says: your gather cancels the other children when one fails; they may be tasks that somebody else
//   needs
// From: what task groups do, and what many expect of gather
// Caught-by: Step2_Failures.TheFirstIsDeliveredAtOnceAndTheOthersGoOn

//: 8.2
inline void GatherCore::child_failed(FutureBase& child) {
  child.mark_retrieved();
  if (keep_failures_ || outer_done()) return;
  for (std::size_t i = 0; i < count_; ++i) hooks_[i].child().cancel();
  fail(child.cancelled() ? std::make_exception_ptr(CancelledError()) : child.failure());
}
