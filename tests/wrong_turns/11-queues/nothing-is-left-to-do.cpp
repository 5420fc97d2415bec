// Name: Nothing is left to do
// Says: shutdown(true) counts as done what somebody has taken and still works at
// Caught-by: Step5_Shutdown.ImmediatelyDropsTheItems

//: 11.5
template <class T, class Store>
void BasicQueue<T, Store>::shutdown(bool immediate) {
  check_thread("shutdown");
  shut_down_ = true;
  if (immediate) {
    const std::size_t dropped = size();
    store_.clear();
    if (dropped > 0) count_done(unfinished_);
  }
  getters_.wake_all();
  putters_.wake_all();
}
