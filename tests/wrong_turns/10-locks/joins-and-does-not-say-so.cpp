// Name: A place in the queue that does not count as waiting
// Says: your join() leaves the state as it was, so a request to stop finds nobody who waits
// Caught-by: Step1_WaitQueue.ACancelledTaskLeavesAtOnce

//: 10.1
inline void QueuedTask::join(WaitQueue& queue, std::coroutine_handle<> leaf) {
  task_ = &TaskBase::current(name_);
  queue_ = &queue;
  leaf_ = leaf;
  queue.waiting_.push_back(*this);
  task_->park(leaf, *this);
}
