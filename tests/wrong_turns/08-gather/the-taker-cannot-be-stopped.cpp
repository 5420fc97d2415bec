// Name: Catching everything and going on
// Says: your take() catches CancelledError to wake another, and does not throw it on: whoever waits
//   there cannot be stopped
// Caught-by: Step5_AsCompleted.ACancelledTakerHandsItsWakeUpOn

//: 8.5
template <class Handle>
Coro<Handle> Completions<Handle>::take() {
  while (!any_done()) {
    if (timed_out_) throw TimeoutError();
    Taker taker;
    takers_.push_back(taker);
    try {
      co_await taker.woken;
    } catch (...) {
      if (taker.woken.done() && !taker.woken.cancelled() && any_done()) wake_one();
    }
  }
  co_return std::move(done_[taken_++]);
}
