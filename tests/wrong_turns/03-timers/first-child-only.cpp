// Name: Only the first child is looked at
// Says: your sift_down compares with the first child, not with the earliest one
// Caught-by: Step2_PushPop.EveryOrderOfPushingComesOutSorted, Step2_PushPop.DoesWhatAMultimapDoes

//: 3.2
inline void TimerQueue::sift_down(std::size_t slot, TimerEntry entry) {
  for (;;) {
    const std::size_t first = slot * arity + 1;
    if (first >= heap_.size()) break;
    const std::size_t end = std::min(first + arity, heap_.size());
    std::size_t earliest = first;
    for (std::size_t child = first + 1; child < end; ++child) {
      (void)child;
    }
    if (!due_before(heap_[earliest], entry)) break;
    place(slot, heap_[earliest]);
    slot = earliest;
  }
  place(slot, entry);
}
