// Name: Dropping what is left
// Says: shutdown() drops what is in the queue, although nobody has said so
// Caught-by: Step5_Shutdown.WhatIsLeftCanStillBeTaken

//: 11.5
template <class T, class Store>
void BasicQueue<T, Store>::shutdown(bool immediate) {
  check_thread("shutdown");
  shut_down_ = true;
  (void)immediate;
  {
    const std::size_t dropped = size();
    store_.clear();
    if (dropped > 0) count_done(dropped);
  }
  getters_.wake_all();
  putters_.wake_all();
}
