// Name: One permit at a time
// Says: your release() wakes nobody while one is on its way, although there are permits for more
// Caught-by: Step4_Semaphore.ThreeReleasesLetThreeThrough

//: 10.4
inline void Semaphore::release() {
  if (free_ >= most_) throw InvalidStateError("release: this semaphore has all its permits");
  if (queue_.anybody_waits()) queue_.check_thread("Semaphore::release");
  ++free_;
  queue_.wake(1);
}
