// Name: Asking the innermost coroutine whether the task has ended
// Says: your run() asks the leaf, which may be gone by then
// Caught-by: Step3_Park.ATaskEndsWithItsOutermostCoroutine

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
    if (!leaf_.done()) return;
  }
  finish();
}
