// Name: A removed callback is still counted
// Says: your future counts a reference for a callback that will never run, so it is never destroyed
// From: CPython, whose removal of callbacks counted references wrongly (python/cpython#126405)
// Caught-by: Step3_Remove.LeavesNoReferenceBehind

//: 5.3
inline bool FutureBase::remove_callback(CallbackId id) {
  Ready* found = nullptr;
  waiters_.for_each([&](Ready& waiter) {
    const auto* callback = dynamic_cast<DoneCallbackBase*>(&waiter);
    if (callback != nullptr && callback->id == id) found = &waiter;
  });
  if (found == nullptr) return false;
  found->unlink();
  found->discard();
  return true;
}
