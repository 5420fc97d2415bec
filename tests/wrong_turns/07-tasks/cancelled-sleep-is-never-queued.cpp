// Name: A cancelled sleep queues nobody
// Says: you take the timer out of the loop, and nobody is left who would queue the task
// Caught-by: Step6_Cancel.CatchingErrorsDoesNotCatchIt

//: 7.6
inline bool SleepTimer::cancel() {
  if (over_) return false;
  over_ = cancelled_ = true;
  task_.home().cancel(*this);
  return true;
}
