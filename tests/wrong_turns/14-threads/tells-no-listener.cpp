// Name: Tells no listener
// Says: your hear() looks into the mailbox only, and whoever waits for a signal hears nothing
// Caught-by: Step1_WakeUp.WhoListensIsTold

//: 14.1
inline void EventLoop::hear() {
  wakeup_.answer();
  if (!detail::queue_all(posts_, ready_)) wakeup_.ask();
}
