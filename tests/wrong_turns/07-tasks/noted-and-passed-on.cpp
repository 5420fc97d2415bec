// Name: A request that is passed on and noted
// Says: your park() passes the request on and keeps the note: the task is cancelled although its
//   request was answered
// Caught-by: Step6_Cancel.WhatWasPassedOnIsNotedNoMore

//: 7.3
inline void TaskBase::park(std::coroutine_handle<> leaf, Waiter& waiter) {
  leaf_ = leaf;
  waiter_ = &waiter;
  if (must_cancel_) waiter.cancel();
}
