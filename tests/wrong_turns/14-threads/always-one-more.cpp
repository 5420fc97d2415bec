// Name: Always one more
// Says: your add() starts a thread although one is free
// Caught-by: Step3_Pool.AFreeThreadTakesTheNextJob

//: 14.3
inline void ThreadPool::add(std::shared_ptr<Job> job) {
  const std::lock_guard lock(mutex_);
  if (ending_) throw InvalidStateError("these threads take no new jobs");
  waiting_.push_back(std::move(job));
  if (alive_ < most_) return start_thread();
  more_.notify_one();
}
