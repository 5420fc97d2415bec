// Name: A shortcut for delays of zero
// Says: your call_at queues what is due at once; so it overtakes timers that were due earlier
// Caught-by: Step3_Timers.ADelayMayBeZeroOrNegative, Step3_Timers.AZeroDelayComesAfterWhatIsReady

//: 4.3
inline TimerHandle EventLoop::call_at(time_point when, Callback callback) {
  check_usable("call_at");
  Ref node(new detail::Scheduled<TimedReady>(*this, std::move(callback)));
  node->when = when;
  if (when <= time()) {
    ready_.push_back(*node);
  } else {
    timers_.push(when, *node);
  }
  node->queued();
  return TimerHandle(std::move(node));
}
