// Name: The last queue
// Says: your figures keep the length of the last queue, not of the longest
// Caught-by: Step1_Observer.CountsTheLongestQueue

//: 16.1
inline void LoopStatistics::will_run(EventLoop& loop, const Ready&) {
  const detail::LoopEntry& entry = detail::LoopEntry::of(loop);
  if (counted_ != entry.iterations) {
    counted_ = entry.iterations;
    figures_.most_ready = 0;
    entry.queue().for_each([this](const Ready&) { ++figures_.most_ready; });
  }
  ++figures_.callbacks;
  began_ = loop.time();
}
