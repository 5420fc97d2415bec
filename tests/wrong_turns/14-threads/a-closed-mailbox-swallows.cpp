// Name: A closed mailbox swallows it
// Says: your call_soon_threadsafe() drops what comes to a closed loop, and says nothing
// Caught-by: Step1_WakeUp.AClosedLoopAndAnEmptyCallbackAreRefused

//: 14.1
inline void EventLoop::call_soon_threadsafe(Callback callback) {
  if (detail::loop_of_this_thread == this) {
    call_soon(std::move(callback));
    return;
  }
  detail::refuse_empty(callback);
  posts_.put(std::move(callback));
  wake();
}
