// Name: A loop that does not know that it runs
// Says: your run_forever makes no Running: a callback could run the loop inside itself
// Caught-by: Step5_RunForever.KnowsThatItRuns, Step5_RunForever.ASecondLoopInAThreadIsRefused

//: 4.5
inline void EventLoop::run_forever() {
  struct ClearStop {
    bool& stopping;
    ~ClearStop() { stopping = false; }
  } clear{stopping_};
  do {
    iterate();
  } while (!stopping_);
}
