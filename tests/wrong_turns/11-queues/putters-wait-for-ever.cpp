// Name: Putters wait for ever
// Says: shutdown() does not wake those who wait for room
// Caught-by: Step5_Shutdown.NothingCanBePutAnyMore

//: 11.5
template <class T, class Store>
void BasicQueue<T, Store>::shutdown(bool immediate) {
  check_thread("shutdown");
  shut_down_ = true;
  if (immediate) {
    const std::size_t dropped = size();
    store_.clear();
    if (dropped > 0) count_done(dropped);
  }
  getters_.wake_all();
}
