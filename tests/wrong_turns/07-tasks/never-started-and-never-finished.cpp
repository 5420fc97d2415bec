// Name: Never started, and never finished
// Says: your run() leaves a task alone that was asked to stop before its first step, and so it
//   stays pending for ever
// Caught-by: Step2_OneStep.ATaskThatIsNotToStartIsFinished,
//   Step6_Cancel.BeforeItsFirstStepATaskNeverStarts

//: 7.2
inline void TaskBase::run() {
  struct Current {
    ~Current() { running_task = nullptr; }
  } until_the_step_ends;
  running_task = this;
  waiter_ = nullptr;
  if (!started_ && must_cancel_) return;
  started_ = true;
  leaf_.resume();
  if (!frame_.done()) return;
  finish();
}
