// Name: A task that is not parked
// Says: your read waits, and the task does not know for what: a request to stop does not reach it
// Caught-by: Step4_Wait.ACancelledReadTakesNothing

//: 12.4
inline void ReadAwaiter::await_suspend(std::coroutine_handle<> leaf) {
  (void)leaf;
  task_ = &TaskBase::current("a read");
  check_home(*stream_, *task_);
  stream_->start_reading(*this);
}
