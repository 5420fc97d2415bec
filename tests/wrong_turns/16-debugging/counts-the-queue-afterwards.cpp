// Name: Counts the queue afterwards
// Says: your figures count the queue when a callback has run: what it has queued belongs to the
//   next iteration
// Caught-by: Step1_Observer.CountsTheLongestQueue

//: 16.1
inline void LoopStatistics::will_run(EventLoop& loop, const Ready&) {
  ++figures_.callbacks;
  began_ = loop.time();
}

//: 16.1
inline void LoopStatistics::has_run(EventLoop& loop) {
  const Clock::duration took = loop.time() - began_;
  figures_.in_callbacks += took;
  figures_.longest_callback = std::max(figures_.longest_callback, took);
  std::size_t ready = 0;
  detail::LoopEntry::of(loop).queue().for_each([&ready](const Ready&) { ++ready; });
  figures_.most_ready = std::max(figures_.most_ready, ready);
}
