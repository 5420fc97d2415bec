// Name: Told too early
// Says: your end() says that it is over while a thread still works
// Caught-by: Step3_End.IsToldAfterTheLastJob

//: 14.3
inline void ThreadPool::end(std::shared_ptr<Job> last) {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  more_.notify_all();
  Job::hand_back(std::move(last));
}
