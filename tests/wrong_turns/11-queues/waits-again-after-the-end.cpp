// Name: Waiting again after the end
// Says: a getter that was overtaken waits again, although the queue is shut down and nobody will
//   wake it
// Caught-by: Step5_Shutdown.AnOvertakenGetterDoesNotWaitAgain

//: 11.3
template <class T, class Store>
T BasicQueue<T, Store>::get_nowait() {
  check_thread("get_nowait");
  T item = take();
  getters_.take_back(size());
  return item;
}
