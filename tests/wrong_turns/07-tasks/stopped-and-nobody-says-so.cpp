// Name: A loop that was stopped too soon
// Says: somebody has stopped the loop, and you go on as if the future were done
// Caught-by: Step7_Run.AStopWhileItClosesIsNoEnd

//: 7.7
inline void run_until_done(EventLoop& loop, FutureBase& future) {
  StopWhenDone stop(loop);
  future.wait(stop);
  loop.run_forever();
}
