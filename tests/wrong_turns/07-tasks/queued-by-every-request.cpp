// Name: Each request queues the task
// Says: your sleep does not note that it is over: a second request queues a task that is in the
//   queue already
// Caught-by: Step6_Cancel.TwoRequestsQueueTheTaskOnce

//: 7.6
inline bool SleepTimer::cancel() {
  cancelled_ = true;
  task_.home().cancel(*this);
  task_.home().call_soon(task_);
  return true;
}
