// Name: Sleep is not counted
// Says: your figures count the visits to the kernel, and not how long the loop slept there
// Caught-by: Step1_Observer.TellsSleepFromWork

//: 16.1
inline void LoopStatistics::has_polled(EventLoop& loop, std::size_t events) {
  ++figures_.polls;
  figures_.events += events;
}
