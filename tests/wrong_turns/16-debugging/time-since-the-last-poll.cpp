// Name: Time since the last poll
// Says: your figures take all the time since the last poll for time at work, and for sleep
// Caught-by: Step1_Observer.TellsSleepFromWork

//: 16.1
inline void LoopStatistics::will_run(EventLoop& loop, const Ready&) {
  const detail::LoopEntry& entry = detail::LoopEntry::of(loop);
  if (counted_ != entry.iterations) {
    counted_ = entry.iterations;
    std::size_t ready = 0;
    entry.queue().for_each([&ready](const Ready&) { ++ready; });
    figures_.most_ready = std::max(figures_.most_ready, ready);
  }
  ++figures_.callbacks;
}
