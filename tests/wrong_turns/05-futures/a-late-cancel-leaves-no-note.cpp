// Name: A late cancel that leaves no note
// Says: your cancel notes that nobody needs to hear of a failure only when it comes in time
// Caught-by: Step4_Cancel.NobodyNeedsToHearOfAFailure, Step5_Unretrieved.WhoAsksSilencesIt

//: 5.4
inline bool FutureBase::cancel() {
  if (done()) return false;
  retrieved_ = true;
  complete(Status::cancelled);
  return true;
}
