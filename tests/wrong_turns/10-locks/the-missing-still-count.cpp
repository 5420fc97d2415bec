// Name: Counting those who have gone
// Says: your barrier still counts a task that was cancelled; the others go on without enough of
//   them
// Caught-by: Step6_Barrier.WhoIsCancelledIsOnlyMissing

//: 10.6
inline void Barrier::leave() noexcept {
  if (state_ == State::filling) return;
  if (--count_ > 0) return;
  if (leaving()) state_ = State::filling;
  next_.wake_all();
}
