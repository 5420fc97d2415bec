// Name: Searching through all
// Says: pop() looks at every item to find the smallest, instead of keeping a heap
// Caught-by: Step6_Order.AHeapComparesSeldom

//: 11.6
template <class T, class Before>
void Heap<T, Before>::push(T&& item) {
  items_.emplace_back(std::move(item));
}

//: 11.6
template <class T, class Before>
T Heap<T, Before>::pop() {
  std::iter_swap(std::min_element(items_.begin(), items_.end(),
                                  [this](T& a, T& b) { return comes_first(a, b); }),
                 items_.end() - 1);
  T first = std::move(static_cast<T&>(items_.back()));
  items_.pop_back();
  return first;
}
