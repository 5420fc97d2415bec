// Name: An overtaken getter throws
// Says: get_nowait() takes the item of a woken getter, and that one finds nothing when it goes on
// Caught-by: Step3_Unused.WhoIsOvertakenWaitsAgainAtTheBack

//: 11.3
template <class T, class Store>
T BasicQueue<T, Store>::get_nowait() {
  check_thread("get_nowait");
  T item = take();
  return item;
}
