// Name: Forgets what waits
// Says: your threads end as soon as the pool is to end, and jobs that it has taken are never done
// Caught-by: Step3_End.DoesWhatWasTaken

//: 14.3
inline std::shared_ptr<Job> ThreadPool::next() {
  std::unique_lock lock(mutex_);
  ++idle_;
  more_.wait(lock, [this] { return ending_ || has_too_many() || !waiting_.empty(); });
  --idle_;
  if (!ending_ && !has_too_many()) return pop_waiting();
  end_this_thread();
  return nullptr;
}
