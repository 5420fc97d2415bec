// Name: References for callbacks that are discarded
// Says: your future counts a reference for each callback that is discarded, and is never freed
// Caught-by: Step2_DoneCallbacks.WhenTheyAreDiscardedTheFutureStays

//: 5.2
inline void FutureBase::queue_waiters() {
  this->add_refs(callbacks_);
  callbacks_ = 0;
  EventLoop* const loop = open_loop();
  if (loop == nullptr) return discard_waiters();
  loop->call_soon(waiters_);
}
