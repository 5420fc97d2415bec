// Name: There is always room
// Says: your queue has no limit: putters never wait, and the memory fills
// Caught-by: Step2_Room.APutterWaitsUntilThereIsRoom

//: 11.2
template <class T, class Store>
bool BasicQueue<T, Store>::has_room() const {
  return true;
}
