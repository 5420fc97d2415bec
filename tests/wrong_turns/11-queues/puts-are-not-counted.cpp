// Name: Puts are not counted
// Says: add() does not count the item as unfinished, so join() waits for nothing, and task_done()
//   finds nothing to count down
// Caught-by: Step4_Join.WaitsUntilEveryItemIsDone

//: 11.1
template <class T, class Store>
void BasicQueue<T, Store>::add(T&& item) {
  store_.push(std::move(item));
  wake_getters();
}
