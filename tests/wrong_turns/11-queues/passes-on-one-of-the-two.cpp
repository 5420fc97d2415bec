// Name: Passing on one of the two
// Says: who is cancelled passes on an item if there is one, and room only otherwise
// Caught-by: Step3_Unused.RoomIsPassedOnAlthoughThereAreItems

//: 11.3
template <class T, class Store>
void BasicQueue<T, Store>::pass_on() noexcept {
  if (!empty()) return wake_getters();
  wake_putters();
}
