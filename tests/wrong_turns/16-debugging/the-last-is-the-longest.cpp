// Name: The last is the longest
// Says: your figures keep the last callback's time, not the longest
// Caught-by: Step1_Observer.RemembersTheLongestCallback

//: 16.1
inline void LoopStatistics::has_run(EventLoop& loop) {
  const Clock::duration took = loop.time() - began_;
  figures_.in_callbacks += took;
  figures_.longest_callback = took;
}
