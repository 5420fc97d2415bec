// Name: A failure that was seen is reported
// Says: your gather throws a failure on, and does not note that it was seen, so it is
//   reported as never retrieved as well
// From: failures of gathered tasks, logged as never retrieved in early versions of asyncio
// Caught-by: Step2_Failures.TheLastChildMayBeTheOneThatFails

//: 8.2
inline void GatherCore::child_failed(FutureBase& child) {
  if (keep_failures_ || outer_done()) return;
  fail(child.cancelled() ? std::make_exception_ptr(CancelledError()) : child.failure());
}
