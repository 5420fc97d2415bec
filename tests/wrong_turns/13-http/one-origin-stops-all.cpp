// Name: One origin stops all
// Says: your serve_waiting() stops at the first one who cannot go on, though others wait for
//   other origins
// Caught-by: Step4_Slots.OfOneOriginAreNotWaitedForByAnother

//: 13.4
inline void Pool::serve_waiting() {
  bool stopped = false;
  waiting_.for_each([this, &stopped](Waiter& waiter) {
    if (waiter.turn.done()) return;
    stopped = stopped || !has_room(waiter.host);
    if (stopped) return;
    waiter.slot = Slot(aio::Ref<Pool>(this), waiter.host);
    waiter.turn.set_result();
  });
}
