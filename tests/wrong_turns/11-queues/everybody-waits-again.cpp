// Name: Everybody waits again
// Says: get_nowait() sends all who were woken back to waiting, also those whose item is still there
// Caught-by: Step3_Unused.OnlyWhoIsOvertakenWaitsAgain

//: 11.3
template <class T, class Store>
T BasicQueue<T, Store>::get_nowait() {
  check_thread("get_nowait");
  T item = take();
  if (!shut_down_) getters_.take_back(0);
  return item;
}
