// Name: Never too many
// Says: your threads do not look whether they are too many
// Caught-by: Step3_Pool.ThoseThatAreTooManyEnd

//: 14.3
inline std::shared_ptr<Job> ThreadPool::next() {
  std::unique_lock lock(mutex_);
  ++idle_;
  more_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
  --idle_;
  if (std::shared_ptr<Job> job = pop_waiting()) return job;
  end_this_thread();
  return nullptr;
}
