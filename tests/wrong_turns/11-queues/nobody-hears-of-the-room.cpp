// Name: Nobody hears of the room
// Says: an item is taken, and the putter who waits for its place is not woken
// Caught-by: Step2_Room.APutterWaitsUntilThereIsRoom

//: 11.1
template <class T, class Store>
T BasicQueue<T, Store>::take() {
  if (empty()) refuse_get();
  T item = store_.pop();
  return item;
}
