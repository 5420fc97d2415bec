// Name: One getter on its way at a time
// Says: you wake a getter only when none is on its way, however many items are there
// Caught-by: Step1_PutAndGet.ItemsComeInOrderAndGettersAreServedInOrder

//: 11.1
template <class T, class Store>
void BasicQueue<T, Store>::wake_getters() noexcept {
  getters_.wake(1);
}
