// Name: An item that stays although put() threw
// Says: your push() puts the item in before it compares: when the comparison throws, put() has
//   failed and the item is in the queue
// Caught-by: Step6_Order.AComparisonThatThrowsChangesNothing

//: 11.6
template <class T, class Before>
void Heap<T, Before>::push(T&& item) {
  items_.emplace_back(std::move(item));
  for (std::size_t at = size() - 1; at > 0 && before(at, parent_of(at)); at = parent_of(at)) {
    std::swap(items_[at], items_[parent_of(at)]);
  }
}
