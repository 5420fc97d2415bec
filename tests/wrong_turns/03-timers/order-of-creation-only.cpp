// Name: First pushed, first out
// Says: your queue hands timers out in the order of creation, whatever their deadlines are
// From: Perry, which fired what was due in the order of creation (PerryTS/perry#6287)
// Caught-by: Step1_Order.TheEarlierDeadlineComesFirst, Step2_PushPop.HandsOutByDeadline

//: 3.1
inline bool due_before(const TimerEntry& a, const TimerEntry& b) { return a.order < b.order; }
