// Name: A parked task in the ready queue
// Says: your park() queues the task as well: it goes on before its wait is over
// Caught-by: Step3_Park.AParkedTaskRunsWhenItIsWoken

//: 7.3
inline void TaskBase::park(std::coroutine_handle<> leaf, Waiter& waiter) {
  leaf_ = leaf;
  waiter_ = &waiter;
  if (must_cancel_ && waiter.cancel()) must_cancel_ = false;
  home().call_soon(*this);
}
