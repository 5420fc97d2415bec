// Name: Numbers in the order of leaving
// Says: you number tasks as they leave the barrier, and the last one to arrive leaves first
// Caught-by: Step6_Barrier.WaitsUntilAllHaveArrived

//: 10.6
inline Coro<int> Barrier::wait() {
  while (leaving()) co_await detail::Turn(next_, "a barrier");
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
  co_return passed_++;
}
