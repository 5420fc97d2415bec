// Name: Newcomers overtake
// Says: a newcomer takes the item for which a waiting getter was woken
// Caught-by: Step1_PutAndGet.WhoComesLaterDoesNotTakeTheItemOfAWokenGetter

//: 11.1
template <class T, class Store>
bool BasicQueue<T, Store>::has_item() const {
  return size() > 0;
}
