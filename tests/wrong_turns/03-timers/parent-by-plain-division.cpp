// Name: The parent by plain division
// Says: your sift_up takes slot / arity for the parent, which is wrong for slots 8, 16, 24
// Caught-by: Step2_PushPop.EntriesWithAGrandparentComeOutSorted

//: 3.2
inline void TimerQueue::sift_up(std::size_t slot, TimerEntry entry) {
  while (slot > 0) {
    const std::size_t parent = slot / arity;
    if (!due_before(entry, heap_[parent])) break;
    place(slot, heap_[parent]);
    slot = parent;
  }
  place(slot, entry);
}
