// Name: Polling only when there is nothing else to do
// Says: your loop asks for events only when its queue is empty; a busy loop never hears of them
// Caught-by: Step4_Descriptors.AChainOfCallbacksDoesNotStarveADescriptor

//: 4.2
inline void EventLoop::iterate() {
  if (ready_.empty()) poll();
  if (timers_.entries() > 0) queue_due_timers();
  if (shuffle_) shuffle_.reorder(ready_);
  run_ready();
}
