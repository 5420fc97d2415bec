// Name: Waking everybody
// Says: every item wakes all getters; one finds it, the others nothing
// Caught-by: Step1_PutAndGet.AnItemWakesOneGetter

//: 11.1
template <class T, class Store>
void BasicQueue<T, Store>::wake_getters() noexcept {
  if (!empty()) getters_.wake_all();
}
