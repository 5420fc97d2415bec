// Name: Counting those on their way
// Says: your notify(n) wakes until n are on their way, so those of an earlier notification count
//   too; each is for n more
// Caught-by: Step5_Condition.NotifyingTwiceWakesTwo

//: 10.5
inline void Condition::notify(int n) {
  check_held("notify");
  if (n > 0) queue_.wake(static_cast<std::size_t>(n));
}
