// Name: An overtaken putter squeezes in
// Says: put_nowait() takes the room of a woken putter, which puts its item all the same: the queue
//   holds more than its limit
// Caught-by: Step3_Unused.AnOvertakenPutterWaitsAgainAtTheBack

//: 11.3
template <class T, class Store>
void BasicQueue<T, Store>::put_nowait(T item) {
  check_thread("put_nowait");
  if (full() || shut_down_) refuse_put();
  add(std::move(item));
}
