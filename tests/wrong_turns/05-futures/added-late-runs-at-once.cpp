// Name: A late callback runs inside add_done_callback
// Says: your future calls back at once when it is done already, and later when it is not, and the
//   caller cannot know which
// From: concurrent.futures, where a callback that is added to a done future runs at once
// Caught-by: Step2_DoneCallbacks.AddedToADoneFutureAreQueued, Step2_DoneCallbacks.MayAddAnother

//: 5.2
inline void FutureBase::wait(Ready& waiter) {
  if (done()) {
    waiter.run();
  } else {
    waiters_.push_back(waiter);
  }
}
