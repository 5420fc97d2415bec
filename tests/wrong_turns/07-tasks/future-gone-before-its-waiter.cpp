// Name: Nobody keeps the future
// Says: your task waits for a future that goes with its last handle, and reads the result of one
//   that is gone
// Caught-by: Step4_AwaitAFuture.TheFutureLivesAsLongAsSomebodyWaits

//: 7.4
inline void FutureWaiter::await_suspend(std::coroutine_handle<> leaf) {
  TaskBase& task = TaskBase::current("a future");
  if (future_ == &task) throw std::logic_error("a task cannot await itself");
  if (!future_->belongs_to(task.home())) {
    throw std::logic_error("a task cannot await a future of another event loop");
  }
  task_ = &task;
  future_->wait(task);
  task.park(leaf, *this);
}
