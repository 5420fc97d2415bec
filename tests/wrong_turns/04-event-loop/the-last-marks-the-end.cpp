// Name: The last callback as the end of the batch
// Says: your run_ready goes on until it has run what was the last, which may have left the queue
// Caught-by: Step2_RunOnce.TheLastOfABatchMayBeCancelled

//: 4.2
inline void EventLoop::run_ready() {
  if (ready_.empty()) return;
  const Ready* const last = &ready_.back();
  for (bool over = false; !over && !ready_.empty();) {
    Ready& next = ready_.pop_front();
    over = &next == last;
    run_one(next);
  }
}
