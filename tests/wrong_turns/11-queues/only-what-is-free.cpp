// Name: Only what is free
// Says: get_nowait() refuses an item that is there, because a getter was woken for it
// Caught-by: Step3_Unused.WhoIsOvertakenWaitsAgainAtTheBack

//: 11.3
template <class T, class Store>
T BasicQueue<T, Store>::get_nowait() {
  check_thread("get_nowait");
  if (!has_item()) refuse_get();
  T item = take();
  if (!shut_down_) getters_.take_back(size());
  return item;
}
