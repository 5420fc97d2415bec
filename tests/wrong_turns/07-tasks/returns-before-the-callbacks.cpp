// Name: The run ends before the end is told
// Says: your run returns as soon as the future is done: who waits for it, and what was queued
//   meanwhile, does not run
// Caught-by: Step7_Run.MakesOneMoreIteration

//: 7.7
inline void run_until_done(EventLoop& loop, FutureBase& future) {
  while (!future.done()) loop.run_once();
  if (!future.done()) {
    throw std::runtime_error("the event loop was stopped before the awaited future was done");
  }
}
