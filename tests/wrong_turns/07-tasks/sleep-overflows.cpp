// Name: An endless sleep that is over at once
// Says: you add an endless delay to the time: the sum overflows, and lies in the past
// Caught-by: Step5_Sleep.MayLastForEver

//: 7.5
[[gnu::noinline]] inline void Sleep::set_timer(detail::TaskBase& task,
                                               std::coroutine_handle<> leaf) {
  EventLoop& loop = task.home();
  loop.call_at(loop.time() + delay_.count(), timer_.emplace(task));
  task.park(leaf, *timer_);
}
