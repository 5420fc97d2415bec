// Name: The run ends before the end is told
// Says: your run returns as soon as the future is done: who waits for it, and what was queued
//   meanwhile, does not run
// Caught-by: Step7_Run.MakesOneMoreIteration

//: 7.7
inline void run_until_done(EventLoop& loop, FutureBase& future) {
  for (int i = 0; i < 10'000 && !future.done(); ++i)
    loop.run_once();  // not for ever: stop() ends it
  if (!future.done()) {
    throw std::runtime_error("the event loop was stopped before the awaited future was done");
  }
}
