// Name: A flag cleared by who never ran
// Says: your run_forever clears the stop even when it is refused, and the run around it goes on
// Caught-by: Step5_RunForever.ALoopDoesNotRunInsideItself

//: 4.5
inline void EventLoop::run_forever() {
  struct Clear {
    bool& flag;
    ~Clear() { flag = false; }
  } clear{stopping_};
  Running running(*this);
  do {
    iterate();
  } while (!stopping_);
}
