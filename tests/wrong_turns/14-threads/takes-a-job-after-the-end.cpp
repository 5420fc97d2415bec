// Name: Takes a job after the end
// Says: your pool takes a job that no thread will ever do
// Caught-by: Step3_End.TakesNothingNew

//: 14.3
inline void ThreadPool::add(std::shared_ptr<Job> job) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(job));
  if (idle_ >= waiting_.size()) return more_.notify_one();
  if (alive_ < most_) start_thread();
}
