// Name: A noted request is not passed on
// Says: a task that was asked to stop while it ran begins a long wait, and nobody tells what it
//   waits for
// Caught-by: Step3_Park.WhatWasNotedBeforeIsPassedOn, Step6_Cancel.ATaskMayCancelItself

//: 7.3
inline void TaskBase::park(std::coroutine_handle<> leaf, Waiter& waiter) {
  leaf_ = leaf;
  waiter_ = &waiter;
}
