// Name: Sinking without place()
// Says: your sift_down moves entries and does not tell their timers
// Caught-by: Step2_PushPop.EachTimerKnowsItsSlot

//: 3.2
inline void TimerQueue::sift_down(std::size_t slot, TimerEntry entry) {
  for (;;) {
    const std::size_t first = slot * arity + 1;
    if (first >= heap_.size()) break;
    const std::size_t end = std::min(first + arity, heap_.size());
    std::size_t earliest = first;
    for (std::size_t child = first + 1; child < end; ++child) {
      if (due_before(heap_[child], heap_[earliest])) earliest = child;
    }
    if (!due_before(heap_[earliest], entry)) break;
    heap_[slot] = heap_[earliest];
    slot = earliest;
  }
  place(slot, entry);
}
