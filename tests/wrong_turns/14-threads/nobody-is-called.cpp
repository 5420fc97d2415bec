// Name: Nobody is called
// Says: your add() relies on a free thread, and does not wake it
// Caught-by: Step3_Pool.AFreeThreadTakesTheNextJob

//: 14.3
inline void ThreadPool::add(std::shared_ptr<Job> job) {
  const std::lock_guard lock(mutex_);
  if (ending_) throw InvalidStateError("these threads take no new jobs");
  waiting_.push_back(std::move(job));
  if (idle_ >= waiting_.size()) return;
  if (alive_ < most_) start_thread();
}
