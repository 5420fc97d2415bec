// Name: A failure is reported although somebody asked
// Says: your future does not note that its exception was asked for, so failures that were handled
//   are reported
// From: asyncio, which reported exceptions of cancelled tasks as never retrieved
//   (python/cpython#74693)
// Caught-by: Step1_Outcome.AskingLeavesANote, Step5_Unretrieved.WhoAsksSilencesIt,
//   Step5_Unretrieved.ACallbackThatAsksSilencesIt

//: 5.1
inline void FutureBase::check_done() {
  if (!done()) throw_pending();
  if (cancelled()) throw CancelledError();
}
