// Name: The largest first
// Says: the heap of the standard library has the largest on top, and so has yours
// Caught-by: Step6_Order.TheSmallestIsTheFirst

struct Heap {
  bool comes_first(const T& a, const T& b) { return before_(b, a); }
};
