// Name: A cancelled task starts all the same
// Says: your task was asked to stop before its first step, and begins its work nevertheless
// Caught-by: Step2_OneStep.ATaskThatIsNotToStartIsFinished,
//   Step6_Cancel.BeforeItsFirstStepATaskNeverStarts

//: 7.2
inline void TaskBase::run() {
  struct Current {
    ~Current() { running_task = nullptr; }
  } until_the_step_ends;
  running_task = this;
  waiter_ = nullptr;
  if (true) {
    started_ = true;
    leaf_.resume();
    if (!frame_.done()) return;
  }
  finish();
}
