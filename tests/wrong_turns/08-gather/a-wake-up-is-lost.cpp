// Name: Leaving with the wake-up
// Says: your as_completed wakes one who has just given up: a task is there, and everybody goes on
//   waiting
// Caught-by: Step5_AsCompleted.ACancelledTakerHandsItsWakeUpOn

//: 8.5
template <class Handle>
Coro<Handle> Completions<Handle>::take() {
  while (!any_done()) {
    if (timed_out_) throw TimeoutError();
    Taker taker;
    takers_.push_back(taker);
    co_await taker.woken;
  }
  co_return std::move(done_[taken_++]);
}
