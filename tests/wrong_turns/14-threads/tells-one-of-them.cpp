// Name: Tells one of them
// Says: your last thread tells one of those who wait for the end
// Caught-by: Step3_End.IsToldToAllWhoWaitForIt

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
  if (alive_ > 0 || last_.empty()) return;
  Job::hand_back(std::move(last_.back()));
}
