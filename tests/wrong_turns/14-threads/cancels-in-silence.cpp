// Name: Cancels in silence
// Says: your cancel() does not wake the thread that blocks in get()
// Caught-by: Step5_Blocked.GoesOnWhenItIsCancelled

//: 14.5
template <class T>
bool RemoteCall<T>::cancel() {
  std::shared_ptr<LoopDoor> door;
  {
    const std::lock_guard lock(mutex_);
    if (state_ != State::pending) return false;
    state_ = State::cancelled;
    door = door_;
  }
  if (door == nullptr) return true;
  send_through(*door);
  return true;
}
