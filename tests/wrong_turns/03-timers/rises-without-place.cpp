// Name: Rising without place()
// Says: your sift_up moves entries and does not tell their timers
// Caught-by: Step2_PushPop.EachTimerKnowsItsSlot

//: 3.2
inline void TimerQueue::sift_up(std::size_t slot, TimerEntry entry) {
  while (slot > 0) {
    const std::size_t parent = (slot - 1) / arity;
    if (!due_before(entry, heap_[parent])) break;
    heap_[slot] = heap_[parent];
    slot = parent;
  }
  place(slot, entry);
}
