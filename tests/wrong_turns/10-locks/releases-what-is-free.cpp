// Name: Releasing a lock that nobody holds
// Says: your release() of a free lock passes in silence; the mistake that led there stays hidden
// Caught-by: Step3_Lock.ReleasingAFreeOneIsAnErrorAndAnyTaskMayRelease

//: 10.3
inline void Lock::release() {
  locked_ = false;
  wake();
}
