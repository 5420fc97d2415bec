// Name: One callback per iteration
// Says: your iteration runs the first callback only; each one costs a whole iteration
// Caught-by: Step2_RunOnce.RunsInTheOrderOfTheCalls

//: 4.2
inline void EventLoop::run_ready() {
  if (!ready_.empty()) run_one(ready_.pop_front());
}
