// Name: A stop that stays
// Says: your stop() is never used up: every later run ends after one iteration
// Caught-by: Step5_RunForever.AStopIsUsedUp, Step6_Exceptions.AFatalErrorUsesUpAStop

//: 4.5
inline void EventLoop::run_forever() {
  Running running(*this);
  do {
    iterate();
  } while (!stopping_);
}
