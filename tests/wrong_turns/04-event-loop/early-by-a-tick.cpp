// Name: Due, give or take a millisecond
// Says: your loop takes a timer for due that has a little time left
// From: libuv, whose timers could come a millisecond early (libuv/libuv#1105); asyncio allows its
//   clock's resolution
// Caught-by: Step3_Timers.NeverFiresEarly

//: 4.3
inline void EventLoop::queue_due_timers() {
  const time_point now = time() + std::chrono::milliseconds(1);
  while (Timer* due = timers_.pop_due(now)) ready_.push_back(static_cast<TimedReady&>(*due));
}
