// Name: Draining the queue until it is empty
// Says: your run_ready also runs what the callbacks queue, so descriptors and timers starve
// From: Node.js, whose process.nextTick queue is drained until it is empty and can starve I/O;
//   libuv's timers of zero delay (libuv/libuv#4245)
// Caught-by: Step2_RunOnce.RunsOnlyWhatWasReadyAtTheStart,
//   Step2_RunOnce.AChainTakesAnIterationPerLink,
//   Step4_Descriptors.AChainOfCallbacksDoesNotStarveADescriptor

//: 4.2
inline void EventLoop::run_ready() {
  while (!ready_.empty()) run_one(ready_.pop_front());
}
