// Name: Counts before each callback
// Says: your figures count the queue before each callback, with what is for the next iteration
// Caught-by: Step1_Observer.CountsTheLongestQueue

//: 16.1
inline void LoopStatistics::will_run(EventLoop& loop, const Ready&) {
  std::size_t ready = 0;
  detail::LoopEntry::of(loop).queue().for_each([&ready](const Ready&) { ++ready; });
  figures_.most_ready = std::max(figures_.most_ready, ready);
  ++figures_.callbacks;
  began_ = loop.time();
}
