// Name: A task waits for another loop's future
// Says: your task waits for a future of another loop, which would queue a task that is not its own
// Caught-by: Step4_AwaitAFuture.AFutureOfAnotherLoopIsRefused

//: 7.4
inline void FutureWaiter::await_suspend(std::coroutine_handle<> leaf) {
  TaskBase& task = TaskBase::current("a future");
  if (future_ == &task) throw std::logic_error("a task cannot await itself");
  task_ = &task;
  kept_ = Ref(future_);
  future_->wait(task);
  task.park(leaf, *this);
}
