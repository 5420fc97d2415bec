// Name: Running everything before it stops
// Says: your run_forever goes on after stop() until the queue is empty, which may be never
// From: uvloop, which runs callbacks that were scheduled after stop() (MagicStack/uvloop#517)
// Caught-by: Step5_RunForever.StopLetsTheIterationFinish, Step5_RunForever.IteratesUntilStop

//: 4.5
inline void EventLoop::run_forever() {
  Running running(*this);
  struct ClearStop {
    bool& stopping;
    ~ClearStop() { stopping = false; }
  } clear{stopping_};
  do {
    iterate();
  } while (!stopping_ || !ready_.empty());
}
