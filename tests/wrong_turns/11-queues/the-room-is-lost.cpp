// Name: The room is lost
// Says: a putter that was woken and is cancelled leaves; nobody else is woken for the room
// Caught-by: Step3_Unused.TheRoomOfAPutterCancelledAfterItsWakeUpGoesToTheNext

//: 11.3
template <class T, class Store>
void BasicQueue<T, Store>::pass_on() noexcept {
  wake_getters();
}
