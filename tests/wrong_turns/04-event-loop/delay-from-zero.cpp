// Name: A delay taken for a time
// Says: your call_later takes the delay itself for the deadline, and counts it from 0
// Caught-by: Step3_Timers.ADelayCountsFromNow

//: 4.3
inline TimerHandle EventLoop::call_later(Delay delay, Callback callback) {
  return call_at(time_point(delay.count()), std::move(callback));
}
