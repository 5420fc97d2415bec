// Name: Waiting beside a free item
// Says: a newcomer waits as soon as anybody is before it, even when there is an item for each of
//   them; nobody wakes it for the one that is there
// Caught-by: Step1_PutAndGet.AnItemMayBeGoneBeforeAnybodyElseIsServed

//: 11.1
template <class T, class Store>
bool BasicQueue<T, Store>::has_item() const {
  return !empty() && !getters_.busy();
}
