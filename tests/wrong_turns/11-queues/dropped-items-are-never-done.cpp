// Name: Dropped items are never done
// Says: shutdown(true) drops items without counting them as done; join() waits for ever
// Caught-by: Step5_Shutdown.DroppingTheLastItemsReleasesJoin

//: 11.5
template <class T, class Store>
void BasicQueue<T, Store>::shutdown(bool immediate) {
  check_thread("shutdown");
  shut_down_ = true;
  if (immediate) {
    const std::size_t dropped = size();
    store_.clear();
    (void)dropped;
  }
  getters_.wake_all();
  putters_.wake_all();
}
