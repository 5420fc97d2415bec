// Name: The other thread queues it
// Says: another thread changes your ready queue, perhaps while the loop takes something out
// Caught-by: Step1_WakeUp.TheQueueIsTouchedByTheLoopAlone

//: 14.1
inline void EventLoop::call_soon_threadsafe(Callback callback) {
  call_soon(std::move(callback));
  wake();
}
