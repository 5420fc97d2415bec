// Name: Waking one of those who join
// Says: your task_done() wakes one who waits in join() when all is done; the others wait for ever
// Caught-by: Step4_Join.WaitsUntilEveryItemIsDone

//: 11.4
template <class T, class Store>
void BasicQueue<T, Store>::count_done(std::size_t items) {
  unfinished_ -= std::min(items, unfinished_);
  if (unfinished_ == 0) joiners_.wake(1);
}
