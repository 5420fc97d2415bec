// Name: Returning a list although it was cancelled
// Says: your gather forgets that it was asked to stop, and returns as if nothing had happened
// From: asyncio before 3.8: a cancelled gather with return_exceptions returned its list
// Caught-by: Step3_Cancel.WithReturnExceptionsWaitsForAllAndThrows,
//   Step3_Cancel.ThatEveryChildIgnoresStillThrows

//: 8.3
inline bool GatherCore::cancel_children() {
  bool any = false;
  for (std::size_t i = 0; i < count_; ++i) any |= hooks_[i].child().cancel();
  return any;
}
