// Name: In through the other door
// Says: after shutdown() put_nowait() still puts, as long as there is room
// Caught-by: Step5_Shutdown.RoomDoesNotHelp

//: 11.3
template <class T, class Store>
void BasicQueue<T, Store>::put_nowait(T item) {
  check_thread("put_nowait");
  if (full()) refuse_put();
  add(std::move(item));
  putters_.take_back(room());
}
