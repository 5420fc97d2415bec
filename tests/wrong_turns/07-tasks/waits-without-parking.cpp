// Name: A wait that the task does not know of
// Says: your task joins the future's list and does not park: it knows neither where to go on nor
//   what it waits for
// Caught-by: Step4_AwaitAFuture.TheTaskWaitsUntilItIsDone

//: 7.4
inline void FutureWaiter::await_suspend(std::coroutine_handle<> leaf) {
  (void)leaf;
  TaskBase& task = TaskBase::current("a future");
  if (future_ == &task) throw std::logic_error("a task cannot await itself");
  if (!future_->belongs_to(task.home())) {
    throw std::logic_error("a task cannot await a future of another event loop");
  }
  task_ = &task;
  kept_ = Ref(future_);
  future_->wait(task);
}
