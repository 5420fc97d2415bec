// Name: One is woken
// Says: your end() wakes one of the threads that sleep, and the others sleep on
// Caught-by: Step3_End.WakesAllWhoHaveNothingToDo

//: 14.3
inline void ThreadPool::end(std::shared_ptr<Job> last) {
  const std::lock_guard lock(mutex_);
  if (alive_ > 0) last_.push_back(last);
  ending_ = true;
  if (alive_ == 0) return Job::hand_back(std::move(last));
  more_.notify_one();
}
