// Name: Looking at the door once
// Says: who has waited for the round before to leave goes in without looking again, although the
//   next round is complete by then
// Caught-by: Step6_Barrier.ManyWhoCameEarlyMakeManyRounds

//: 10.6
inline Coro<int> Barrier::wait() {
  if (leaving()) co_await detail::Turn(next_, "a barrier");
  if (broken()) throw BrokenBarrierError("the barrier is broken");
  const Present present(*this);
  if (count_ < parties_) {
    co_await detail::Turn(arrived_, "a barrier");
    if (state_ != State::draining) throw BrokenBarrierError();
    co_return passed_++;
  }
  state_ = State::draining;
  passed_ = 0;
  arrived_.wake_all();
  co_return parties_ - 1;
}
