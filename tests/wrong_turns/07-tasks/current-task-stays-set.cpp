// Name: The current task stays set
// Says: after a step your loop still takes the task for the current one, so that plain callbacks
//   seem to be part of it
// Caught-by: Step2_OneStep.TheCurrentTaskIsTheOneThatRuns

//: 7.2
inline void TaskBase::run() {
  struct Current {
    ~Current() {}
  } until_the_step_ends;
  running_task = this;
  waiter_ = nullptr;
  if (started_ || !must_cancel_) [[likely]] {
    started_ = true;
    leaf_.resume();
    if (!frame_.done()) return;
  }
  finish();
}
