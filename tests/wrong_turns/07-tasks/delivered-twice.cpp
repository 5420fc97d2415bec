// Name: One request is delivered twice
// Says: your task throws CancelledError, and keeps the note: the next wait throws it again
// Caught-by: Step6_Cancel.TwoRequestsAreDeliveredOnce, Step6_Cancel.FutureAndTaskAtOnceIsOneError

//: 7.6
[[gnu::cold]] inline void TaskBase::deliver_cancel() { throw CancelledError(); }
