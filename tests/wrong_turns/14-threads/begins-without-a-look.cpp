// Name: Begins without a look
// Says: the call was cancelled in the meantime, and your begun() does not cancel its task
// Caught-by: Step5_Call.CancelledBeforeItHasBegunItIsStoppedThen

//: 14.5
template <class T>
void RemoteCall<T>::begun(std::shared_ptr<LoopDoor> door, TaskBase& task) {
  task_ = &task;
  const std::lock_guard lock(mutex_);
  door_ = std::move(door);
}
