// Name: The timer resumes the task
// Says: when the time has come, your timer runs the task instead of queueing it
// Caught-by: Step5_Sleep.TheTimerQueuesTheTask

//: 7.5
inline void SleepTimer::run() {
  if (!std::exchange(over_, true)) task_.run();
}
