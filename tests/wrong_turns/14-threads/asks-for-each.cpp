// Name: A wake-up for each
// Says: your wake() asks the kernel again for each post, although the loop was asked already
// Caught-by: Step1_WakeUp.OnceForAllThatCome

//: 14.1
inline void EventLoop::wake() noexcept {
  wakeup_.answer();
  wakeup_.ask();
}
