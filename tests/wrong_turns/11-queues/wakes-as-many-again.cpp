// Name: Waking as many again
// Says: each item wakes as many getters as there are items, although some have been woken for them
//   already
// Caught-by: Step1_PutAndGet.AnItemWakesOneGetter

//: 11.1
template <class T, class Store>
void BasicQueue<T, Store>::wake_getters() noexcept {
  for (std::size_t i = 0; i < size() && getters_.anybody_waits(); ++i) getters_.wake_next();
}
