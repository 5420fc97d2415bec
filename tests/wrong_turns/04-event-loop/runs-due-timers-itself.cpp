// Name: Timers that are run where they are found
// Says: your queue_due_timers runs what is due instead of queueing it
// Caught-by: Step3_Timers.WhatATimerSchedulesWaitsForTheNextIteration,
//   Step3_Timers.WhatWasReadyRunsFirst

//: 4.3
inline void EventLoop::queue_due_timers() {
  const time_point now = time();
  while (Timer* due = timers_.pop_due(now)) run_one(static_cast<TimedReady&>(*due));
}
