// Name: Cancelled after the end
// Says: your cancel() does not look whether the call is over
// Caught-by: Step5_Call.AfterItsEndNobodyCancelsIt

//: 14.5
template <class T>
bool RemoteCall<T>::cancel() {
  std::shared_ptr<LoopDoor> door;
  {
    const std::lock_guard lock(mutex_);
    state_ = State::cancelled;
    door = door_;
  }
  over_.notify_all();
  if (door == nullptr) return true;
  send_through(*door);
  return true;
}
