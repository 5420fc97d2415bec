// Name: Nobody is woken
// Says: what another thread puts into the mailbox does not wake your loop
// Caught-by: Step1_WakeUp.WakesALoopThatSleeps

//: 14.1
inline void EventLoop::call_soon_threadsafe(Callback callback) {
  if (detail::loop_of_this_thread == this) {
    call_soon(std::move(callback));
    return;
  }
  detail::refuse_empty(callback);
  if (orphan_ || !posts_.put(std::move(callback))) throw_closed("call_soon_threadsafe");
}
