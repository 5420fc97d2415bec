// Name: More requests are taken back than were made
// Says: your uncancel() counts below zero, so that the next request is not seen as one
// Caught-by: Step6_Cancel.ARequestCanBeTakenBack

//: 7.6
inline int TaskBase::uncancel() {
  if (--cancels_ == 0) must_cancel_ = false;
  return cancelling();
}
