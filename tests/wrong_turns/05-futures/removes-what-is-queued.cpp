// Name: One turn for all callbacks
// Says: your future keeps its callbacks until their turn, so one of them can remove those behind
//   it, or take them with it when it throws
// From: CPython, which walked the list of callbacks while it could still be changed
//   (python/cpython#125969)
// Caught-by: Step3_Remove.WhatIsQueuedStaysQueued, Step3_Remove.AfterCompletionItIsTooLate,
//   Step2_DoneCallbacks.OneThatThrowsIsReportedAndTheOthersRun

//: 5.2
inline void FutureBase::queue_waiters() {
  EventLoop* const loop = open_loop();
  if (loop == nullptr) return discard_waiters();
  this->add_refs(callbacks_);  // each queued callback keeps its future alive
  loop->call_soon([this, self = Ref<FutureBase>(this)] {
    while (!waiters_.empty()) waiters_.pop_front().run();
  });
}
