// Name: A stop that loses callbacks
// Says: your run_forever drops what is still queued when it stops
// Caught-by: Step5_RunForever.StopLosesNothing

//: 4.5
inline void EventLoop::run_forever() {
  Running running(*this);
  struct ClearStop {
    bool& stopping;
    ~ClearStop() { stopping = false; }
  } clear{stopping_};
  do {
    iterate();
  } while (!stopping_);
  while (!ready_.empty()) ready_.pop_front().discard();
}
