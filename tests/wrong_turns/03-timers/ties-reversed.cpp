// Name: Equal deadlines, newest first
// Says: of two timers with the same deadline, your queue hands out the newer one first
// From: Bun, where AbortSignal timeouts with one deadline fired newest first (oven-sh/bun#34895)
// Caught-by: Step1_Order.EqualDeadlinesKeepTheOrderOfCreation,
//   Step2_PushPop.EqualDeadlinesComeInTheOrderOfCreation

//: 3.1
inline bool due_before(const TimerEntry& a, const TimerEntry& b) {
  return a.when != b.when ? a.when < b.when : a.order > b.order;
}
