// Name: Resuming the task inside set_result
// Says: set_result() runs those who wait, in the middle of the function that delivers; it should
//   only queue them
// From: tornado before 5, whose futures called back inline
// Caught-by: Step4_AwaitAFuture.TheTaskWaitsUntilItIsDone

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
