// Name: A fatal error that loses the batch
// Says: your run_ready moves the batch out of the queue, and loses it when a FatalError leaves
// Caught-by: Step2_RunOnce.WhatCutsABatchShortLosesNothing,
//   Step6_Exceptions.AFatalErrorLosesNothing

//: 4.2
inline void EventLoop::run_ready() {
  List<Ready> batch;
  batch.splice(ready_);
  while (!batch.empty()) run_one(batch.pop_front());
}
