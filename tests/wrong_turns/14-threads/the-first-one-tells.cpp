// Name: The first one tells
// Says: your first thread that ends says that all have ended
// Caught-by: Step3_End.IsToldByTheLastThread

//: 14.3
inline void ThreadPool::end_this_thread() {
  --alive_;
  if (!ending_) {
    const auto is_this = [](const std::thread& each) {
      return each.get_id() == std::this_thread::get_id();
    };
    const auto me = std::find_if(threads_.begin(), threads_.end(), is_this);
    me->detach();
    threads_.erase(me);
  }
  if (!waiting_.empty()) more_.notify_one();
  for (std::shared_ptr<Job>& last : std::exchange(last_, {})) Job::hand_back(std::move(last));
}
