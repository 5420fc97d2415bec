// Name: Equal deadlines, in any order
// Says: your heap may hand out timers with the same deadline in any order; a heap alone is not
//   stable
// From: Ladybird, whose timers with one deadline fired out of order (LadybirdBrowser/ladybird#6260)
// Caught-by: Step1_Order.EqualDeadlinesKeepTheOrderOfCreation

//: 3.1
inline bool due_before(const TimerEntry& a, const TimerEntry& b) { return a.when < b.when; }
