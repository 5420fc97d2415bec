// Name: The timer of a cancelled sleep stays
// Says: your cancelled sleep leaves its timer in the loop, which wakes the task from another wait
// Caught-by: Step6_Cancel.ACancelledSleepWakesNobodyLater

//: 7.5
inline void SleepTimer::run() {
  over_ = true;
  task_.home().call_soon(task_);
}

//: 7.6
inline bool SleepTimer::cancel() {
  if (std::exchange(over_, true)) return false;
  cancelled_ = true;
  task_.home().call_soon(task_);
  return true;
}
