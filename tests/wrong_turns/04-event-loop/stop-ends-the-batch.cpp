// Name: A stop that cuts the iteration off
// Says: your stop() ends the batch in the middle; callbacks that were ready do not run
// From: asyncio before Python 3.5.1, where stop() raised an exception in the middle of a batch
//   (bpo-25593)
// Caught-by: Step5_RunForever.StopLetsTheIterationFinish

//: 4.2
inline void EventLoop::run_ready() {
  EndOfBatch end;  // leaves the queue by itself if a FatalError ends the batch early
  ready_.push_back(end);
  for (Ready* next = &ready_.pop_front(); next != &end; next = &ready_.pop_front()) {
    run_one(*next);
    if (stopping_) return;
  }
}
