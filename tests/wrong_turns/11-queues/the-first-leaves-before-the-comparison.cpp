// Name: An item that is lost although get() threw
// Says: your pop() takes the first item out before it compares: when the comparison throws,
//   the item is lost
// Caught-by: Step6_Order.AComparisonThatThrowsInGetLosesNothing

//: 11.6
template <class T, class Before>
T Heap<T, Before>::pop() {
  T first = std::move(static_cast<T&>(items_[0]));
  std::swap(items_[0], items_[size() - 1]);
  items_.pop_back();
  for (std::size_t at = 0, child = first_child(0); child < size() && before(child, at);) {
    std::swap(items_[at], items_[child]);
    at = std::exchange(child, first_child(child));
  }
  return first;
}
