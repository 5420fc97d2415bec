// Name: The next round never hears of it
// Says: abort() tells those who have arrived, and not those who wait to come in; nobody wakes them
//   any more
// Caught-by: Step6_Barrier.AbortReachesThoseOfTheNextRound

//: 10.6
inline void Barrier::leave() noexcept {
  if (--count_ > 0) return;
  if (!leaving()) return;
  state_ = State::filling;
  next_.wake_all();
}

//: 10.6
inline Coro<> Barrier::abort() {
  check_thread("Barrier::abort");
  state_ = State::broken;
  arrived_.wake_all();
  co_return;
}
