// Name: A task that runs still has a waiter
// Says: your task goes on and still knows what it waited for: a request would go to an awaiter that
//   is gone
// Caught-by: Step3_Park.ATaskThatGoesOnWaitsForNothing

//: 7.2
inline void TaskBase::run() {
  struct Current {
    ~Current() { running_task = nullptr; }
  } until_the_step_ends;
  running_task = this;
  if (started_ || !must_cancel_) [[likely]] {
    started_ = true;
    leaf_.resume();
    if (!frame_.done()) return;
  }
  finish();
}
