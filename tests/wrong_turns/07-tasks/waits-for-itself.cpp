// Name: A task that waits for itself
// Says: your task parks on its own end, and waits for ever
// Caught-by: Step4_AwaitAFuture.AwaitingItselfIsRefused

//: 7.4
inline void FutureWaiter::await_suspend(std::coroutine_handle<> leaf) {
  TaskBase& task = TaskBase::current("a future");
  if (!future_->belongs_to(task.home())) {
    throw std::logic_error("a task cannot await a future of another event loop");
  }
  task_ = &task;
  kept_ = Ref(future_);
  future_->wait(task);
  task.park(leaf, *this);
}
