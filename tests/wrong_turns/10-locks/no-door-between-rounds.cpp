// Name: Letting newcomers in while the others leave
// Says: your barrier lets a task of the next round in before the last of this round has left, and
//   counts it with them
// Caught-by: Step6_Barrier.WhoComesWhileTheOthersLeaveIsOfTheNextRound

//: 10.6
inline Coro<int> Barrier::wait() {
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
