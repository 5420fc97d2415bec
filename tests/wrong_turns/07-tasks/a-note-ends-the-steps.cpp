// Name: A note ends the steps
// Says: your run() leaves out every step of a task that was asked to stop, not only the first one
// Caught-by: Step6_Cancel.WhenTheFutureIsDoneAlready

//: 7.2
inline void TaskBase::run() {
  struct Reset {
    ~Reset() { running_task = nullptr; }
  } const reset;
  running_task = this;
  waiter_ = nullptr;
  if (!must_cancel_) {
    started_ = true;
    leaf_.resume();
    if (!frame_.done()) return;
  }
  finish();
}
