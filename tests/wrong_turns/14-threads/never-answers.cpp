// Name: The flag stays up
// Says: your loop looks into the mailbox and still counts as asked afterwards, so nobody asks
//   again
// Caught-by: Step1_WakeUp.ComesAgainAfterTheLoopHasLooked

//: 14.1
inline void EventLoop::hear() {
  if (!detail::queue_all(posts_, ready_)) wakeup_.ask();
  listeners_.for_each([](WakeListener& listener) { listener.woken(); });
}
