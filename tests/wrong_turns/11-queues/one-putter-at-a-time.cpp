// Name: One putter at a time
// Says: while one putter is on its way you wake no other, although there is room for two; the
//   second waits on
// Caught-by: Step2_Room.RoomForTwoIsForTwo

//: 11.2
template <class T, class Store>
void BasicQueue<T, Store>::wake_putters() noexcept {
  if (room() > 0) putters_.wake(1);
}
