// Name: A stop that an exception leaves behind
// Says: your run_forever clears the stop behind its loop, which an exception skips
// Caught-by: Step5_RunForever.AnExceptionUsesUpAStop, Step6_Exceptions.AFatalErrorUsesUpAStop

//: 4.5
inline void EventLoop::run_forever() {
  Running running(*this);
  do {
    iterate();
  } while (!stopping_);
  stopping_ = false;
}
