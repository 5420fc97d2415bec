// Name: Begins without a look
// Says: your begun() does not look whether the call was cancelled in the meantime
// Caught-by: Step5_Call.CancelledBeforeItHasBegunItIsStoppedThen

//: 14.5
template <class T>
void RemoteCall<T>::begun(std::shared_ptr<LoopDoor> door, TaskBase& task) {
  task_ = &task;
  const std::lock_guard lock(mutex_);
  door_ = std::move(door);
}
