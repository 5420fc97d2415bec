// Name: Nobody runs while the frame goes
// Says: your step is over before finish(): destructors in the frame run as nobody's
// Caught-by: Step2_OneStep.TheFrameGoesInTheLastStep

//: 7.2
inline void TaskBase::run() {
  struct Current {
    ~Current() { running_task = nullptr; }
  } until_the_step_ends;
  running_task = this;
  waiter_ = nullptr;
  if (started_ || !must_cancel_) [[likely]] {
    started_ = true;
    leaf_.resume();
    if (!frame_.done()) return;
  }
  running_task = nullptr;
  finish();
}
