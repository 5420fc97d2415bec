// Name: A batch that is counted
// Says: your run_ready counts the batch first, and one that came meanwhile takes the place of
//   one that was cancelled
// Caught-by: Step2_RunOnce.NothingComesInThePlaceOfTheCancelled

//: 4.2
inline void EventLoop::run_ready() {
  std::size_t batch = 0;
  ready_.for_each([&](Ready&) { ++batch; });
  for (; batch > 0 && !ready_.empty(); --batch) run_one(ready_.pop_front());
}
