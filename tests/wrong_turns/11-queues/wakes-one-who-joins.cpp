// Name: Waking one of those who join
// Says: when all is done you wake one who waits in join(); the others wait for ever
// Caught-by: Step4_Join.WaitsUntilEveryItemIsDone

//: 11.4
template <class T, class Store>
void BasicQueue<T, Store>::count_done(std::size_t items) {
  unfinished_ -= std::min(items, unfinished_);
  if (unfinished_ == 0) joiners_.wake(1);
}
