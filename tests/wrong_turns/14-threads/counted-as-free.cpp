// Name: Busy, and counted as free
// Says: a thread that has found a job still counts as free, so no other is started
// Caught-by: Step3_Pool.ABusyThreadIsNotCountedAsFree

//: 14.3
inline std::shared_ptr<Job> ThreadPool::next() {
  std::unique_lock lock(mutex_);
  ++idle_;
  more_.wait(lock, [this] { return ending_ || has_too_many() || !waiting_.empty(); });
  if (!has_too_many()) {
    if (std::shared_ptr<Job> job = pop_waiting()) return job;
  }
  end_this_thread();
  return nullptr;
}
