// Name: A thread for each job
// Says: your add() starts a thread for each job, and does not look how many there may be
// Caught-by: Step3_Pool.MakesNoMoreThanAllowed

//: 14.3
inline void ThreadPool::add(std::shared_ptr<Job> job) {
  const std::lock_guard lock(mutex_);
  if (ending_) throw InvalidStateError("these threads take no new jobs");
  waiting_.push_back(std::move(job));
  if (idle_ >= waiting_.size()) return more_.notify_one();
  start_thread();
}
