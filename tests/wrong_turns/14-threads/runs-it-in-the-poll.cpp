// Name: Run in the middle of the poll
// Says: your hear() runs what it finds, before what was ready already
// Caught-by: Step1_WakeUp.TakesItsTurnInTheQueue

//: 14.1
inline void EventLoop::hear() {
  wakeup_.answer();
  posts_.take_all([](Posted& posted) { posted.run(); }, [](Callback& callback) { callback(); });
  listeners_.for_each([](WakeListener& listener) { listener.woken(); });
}
