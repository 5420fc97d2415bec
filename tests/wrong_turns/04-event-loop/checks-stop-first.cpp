// Name: Looking at the flag before the first iteration
// Says: your run_forever makes no iteration after an earlier stop()
// Caught-by: Step5_RunForever.AStopBeforehandAllowsOneIteration

//: 4.5
inline void EventLoop::run_forever() {
  Running running(*this);
  struct ClearStop {
    bool& stopping;
    ~ClearStop() { stopping = false; }
  } clear{stopping_};
  while (!stopping_) iterate();
}
