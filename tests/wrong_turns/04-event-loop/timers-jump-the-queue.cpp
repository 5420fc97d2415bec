// Name: Timers that jump the queue
// Says: your due timers run before callbacks that were ready long before
// From: Bun, where a timer that came due overtook immediates that were queued before it
//   (oven-sh/bun#41355)
// Caught-by: Step3_Timers.WhatWasReadyRunsFirst, Step4_Descriptors.ReadyThenDescriptorsThenTimers

//: 4.3
inline void EventLoop::queue_due_timers() {
  const time_point now = time();
  List<Ready> first;
  while (Timer* due = timers_.pop_due(now)) first.push_back(static_cast<TimedReady&>(*due));
  first.splice(ready_);
  ready_.splice(first);
}
