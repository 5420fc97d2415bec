// Name: Letting a cancelled task stand in the queue
// Says: your cancel() only notes the request; the task stays in the queue until somebody wakes it
// Caught-by: Step1_WaitQueue.ACancelledTaskLeavesAtOnce

//: 10.1
inline bool QueuedTask::cancel() { return false; }
