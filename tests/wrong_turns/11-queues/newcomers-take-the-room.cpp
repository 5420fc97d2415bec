// Name: Newcomers take the room
// Says: a newcomer takes the room for which a waiting putter was woken, and the queue holds more
//   than its limit
// Caught-by: Step2_Room.WhoComesLaterDoesNotTakeTheRoomOfAWokenPutter

//: 11.2
template <class T, class Store>
bool BasicQueue<T, Store>::has_room() const {
  return !full();
}
