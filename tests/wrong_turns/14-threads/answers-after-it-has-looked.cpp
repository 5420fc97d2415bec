// Name: Looks first, answers then
// Says: what comes between your look into the mailbox and your answer() wakes nobody
// Caught-by: Step1_WakeUp.WhatComesWhileTheLoopTakesIsNotLost

//: 14.1
inline void EventLoop::hear() {
  const bool all = detail::queue_all(posts_, ready_);
  wakeup_.answer();
  if (!all) wakeup_.ask();
  listeners_.for_each([](WakeListener& listener) { listener.woken(); });
}
