// Name: Callbacks run inside set_result
// Says: your future runs its callbacks inside set_result, in the middle of the code that calls it
// From: Twisted, whose Deferred calls back inside callback(), and Tornado's futures before version
//   5
// Caught-by: Step2_DoneCallbacks.NeverRunInsideSetResult,
//   Step2_DoneCallbacks.NeverRunInsideSetException, Step4_Cancel.ACallbackMayCancelAnotherFuture

//: 5.1
inline void FutureBase::complete(Status status) {
  status_ = status;
  if (!waiters_.empty()) queue_waiters();
}

//: 5.2
inline void FutureBase::queue_waiters() {
  EventLoop* const loop = open_loop();
  if (loop == nullptr) return discard_waiters();
  this->add_refs(callbacks_);  // each queued callback keeps its future alive
  while (!waiters_.empty()) waiters_.pop_front().run();
}
