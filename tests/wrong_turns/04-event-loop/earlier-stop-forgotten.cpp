// Name: Forgetting an earlier stop
// Says: your run_forever clears the flag when it begins, and an earlier stop() is lost
// Caught-by: Step5_RunForever.AStopBeforehandAllowsOneIteration,
//   Step5_RunForever.AStopBeforehandDoesNotSleep

//: 4.5
inline void EventLoop::run_forever() {
  Running running(*this);
  struct ClearStop {
    bool& stopping;
    ~ClearStop() { stopping = false; }
  } clear{stopping_};
  stopping_ = false;
  do {
    iterate();
  } while (!stopping_);
}
