// Name: Nobody is there to tell
// Says: your end() leaves it to the last thread to tell, and a pool without a thread has none
// Caught-by: Step3_End.OfAnUnusedPoolComesAtOnce

//: 14.3
inline void ThreadPool::end(std::shared_ptr<Job> last) {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  last_.push_back(std::move(last));
  more_.notify_all();
}
