// Name: Forgetting those who fail later
// Says: your gather looks away after the first failure, so later ones are reported as never
//   retrieved
// From: failures after the first, logged as never retrieved in early versions of asyncio
// Caught-by: Step2_Failures.LaterOnesAreNotReported

//: 8.2
inline void GatherCore::child_failed(FutureBase& child) {
  if (!outer_done()) child.mark_retrieved();
  if (keep_failures_ || outer_done()) return;
  fail(child.cancelled() ? std::make_exception_ptr(CancelledError()) : child.failure());
}
