// Name: One reference for all callbacks
// Says: your future counts one reference for all its callbacks: the first that has run takes it,
//   and the others are called with a future that is gone
// Caught-by: Step2_DoneCallbacks.KeepTheFutureAliveWhenTheyAreQueued

//: 5.2
inline void FutureBase::queue_waiters() {
  EventLoop* const loop = open_loop();
  if (loop == nullptr) return discard_waiters();
  if (callbacks_ > 0) this->add_refs(1);
  callbacks_ = 0;
  loop->call_soon(waiters_);
}
