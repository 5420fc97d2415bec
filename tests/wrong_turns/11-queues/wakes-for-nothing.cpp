// Name: Waking for nothing
// Says: who is cancelled wakes one on each side, and does not ask whether there is an item, or
//   room, for them
// Caught-by: Step3_Unused.ACancelledPutterWakesNoGetterForNothing,
//   Step3_Unused.ACancelledGetterWakesNoPutterForNothing

//: 11.3
template <class T, class Store>
void BasicQueue<T, Store>::pass_on() noexcept {
  if (getters_.anybody_waits()) getters_.wake_next();
  if (putters_.anybody_waits()) putters_.wake_next();
}
