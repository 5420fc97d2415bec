// Name: One timer per iteration
// Says: your iteration takes out the first timer that is due, and leaves the others
// Caught-by: Step3_Timers.AllThatAreDueRunByDeadline, Step3_Timers.EqualDeadlinesKeepTheirOrder

//: 4.3
inline void EventLoop::queue_due_timers() {
  const time_point now = time();
  if (Timer* due = timers_.pop_due(now)) ready_.push_back(static_cast<TimedReady&>(*due));
}
