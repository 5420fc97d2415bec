// Name: Deadlines in whole milliseconds
// Says: your queue rounds deadlines down to whole milliseconds, so a timer fires up to a
//   millisecond early
// From: libuv, whose timers fire up to 0.99999 ms early (libuv/libuv#4773)
// Caught-by: Step2_PushPop.NothingIsDueEarly

//: 3.2
inline void TimerQueue::push(Clock::time_point when, Timer& timer) {
  if (timer.pending()) throw std::logic_error("push: this timer is pending already");
  heap_.emplace_back();
  const auto whole = std::chrono::floor<std::chrono::milliseconds>(when);
  sift_up(heap_.size() - 1, TimerEntry{whole, pushed_++, &timer});
}
