// Name: A letter to itself
// Says: your loop's own thread uses the mailbox too, and is overtaken by what it queues later
// Caught-by: Step1_WakeUp.InTheLoopsOwnThreadItIsACallSoon

//: 14.1
inline void EventLoop::call_soon_threadsafe(Callback callback) {
  detail::refuse_empty(callback);
  if (orphan_ || !posts_.put(std::move(callback))) throw_closed("call_soon_threadsafe");
  wake();
}
