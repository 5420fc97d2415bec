// Name: A closed loop that takes timers
// Says: your call_at takes a timer that can never fire
// Caught-by: Step3_Timers.AClosedLoopRefuses

//: 4.3
inline TimerHandle EventLoop::call_at(time_point when, Callback callback) {
  Ref node(new detail::Scheduled<TimedReady>(*this, std::move(callback)));
  node->when = when;
  timers_.push(when, *node);
  node->queued();
  return TimerHandle(std::move(node));
}
